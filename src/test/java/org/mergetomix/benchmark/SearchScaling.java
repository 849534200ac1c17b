package org.mergetomix.benchmark;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.mergetomix.testing.SparkSubmit;

/**
 * How many mixtures a second the demo's search evaluates on one executor of one core, and on two,
 * which are processes of their own. Several searches in turn, from nothing each; the time is that
 * of the rounds as the driver logs them, without the start of Spark. The first round of a search
 * loads PyTorch and opens the experts.
 */
public final class SearchScaling {

  private static final int RUNS = 3;

  private static final Pattern ROUND =
      Pattern.compile("Round \\d+: (\\d+) mixtures in ([0-9.]+) s,");

  private SearchScaling() {}

  /**
   * Searches.
   *
   * @param arguments the directory of a demo that was run
   */
  public static void main(String[] arguments) throws Exception {
    Path demo = Path.of(arguments[0]).toAbsolutePath();
    Path folder = Files.createTempDirectory("merge-to-mix-scaling");
    System.setProperty("shaded.jar", jar().toString());
    try {
      List<Double> one = new ArrayList<>();
      List<Double> two = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        one.add(rate(demo, folder, 1));
        two.add(rate(demo, folder, 2));
      }
      System.out.printf(
          Locale.ROOT,
          "one executor %.2f, two %.2f mixtures a second (medians of %d): %.2f times%n",
          median(one),
          median(two),
          RUNS,
          median(two) / median(one));
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static Path jar() throws Exception {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("target"), "merge-to-mix-*-spark.jar")) {
      return jars.iterator().next().toAbsolutePath();
    }
  }

  private static double rate(Path demo, Path folder, int executors) throws Exception {
    Path output = Files.createTempDirectory(folder, "run");
    SparkSubmit search =
        SparkSubmit.run(
            folder,
            "local-cluster[%d,1,1024]".formatted(executors),
            Map.of(),
            List.of(
                "search",
                "--set",
                "manifest=" + demo.resolve("manifest.conf"),
                "--set",
                "output=" + output.resolve("run")));
    long mixtures = 0;
    double seconds = 0;
    Matcher round = ROUND.matcher(search.log());
    while (round.find()) {
      mixtures += Long.parseLong(round.group(1));
      seconds += Double.parseDouble(round.group(2));
      System.out.printf("  %s%n", round.group());
    }
    System.out.printf(
        Locale.ROOT,
        "%d executors: %d mixtures in %.2f s: %.2f a second%n",
        executors,
        mixtures,
        seconds,
        mixtures / seconds);
    return mixtures / seconds;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
