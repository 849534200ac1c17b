package org.mergetomix.benchmark;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.mergetomix.testing.ExecutorProcess;
import org.mergetomix.testing.SparkSubmit;

/**
 * How many mixtures a second a search evaluates on one executor of one core, and on two. Each
 * executor is a process that is held to a core of its own by Linux's {@code taskset}: without that
 * a single one has the other core for its compiler and collector. Searches in turn, from nothing
 * each; the time is that of the rounds as the driver logs them, without the start of Spark.
 *
 * <p>The first rounds pay for what every executor needs once: PyTorch's start, and the Java
 * compiler's work. The demo's search ends soon after. So it is also done with some of the demo's
 * experts given again as further datasets, which makes the space larger and leaves a mixture as
 * costly as it was; there, the rounds of warm executors are told apart too.
 */
public final class SearchScaling {

  private static final int RUNS = 3;

  /** An executor is warm in rounds that begin after so many mixtures of the search. */
  private static final long WARM_AFTER = 500;

  private static final Pattern ROUND =
      Pattern.compile("Round \\d+: (\\d+) mixtures in ([0-9.]+) s,");

  private final Path demo;
  private final List<String> settings;
  private final Path folder;

  private SearchScaling(Path demo, List<String> settings, Path folder) {
    this.demo = demo;
    this.settings = settings;
    this.folder = folder;
  }

  /**
   * Searches.
   *
   * @param arguments the directory of a demo that was run, and settings as {@code key=value}
   */
  public static void main(String[] arguments) throws Exception {
    List<String> given = List.of(arguments);
    Path demo = Path.of(given.get(0)).toAbsolutePath();
    Path folder = Files.createTempDirectory("merge-to-mix-scaling");
    System.setProperty("shaded.jar", jar().toString());
    try {
      SearchScaling scaling = new SearchScaling(demo, given.subList(1, given.size()), folder);
      scaling.compare(0);
      scaling.compare(4);
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static Path jar() throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("target"), "merge-to-mix-*-spark.jar")) {
      return jars.iterator().next().toAbsolutePath();
    }
  }

  /** Mixtures a second of one search. */
  private record Rates(double whole, double warm) {}

  private void compare(int further) throws Exception {
    Path manifest = manifest(further);
    List<Rates> one = new ArrayList<>();
    List<Rates> two = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      one.add(rates(manifest, 1));
      two.add(rates(manifest, 2));
    }
    System.out.printf("The demo with %d datasets more, medians of %d:%n", further, RUNS);
    print("whole searches", one, two, Rates::whole);
    if (further > 0) {
      print("warm rounds", one, two, Rates::warm);
    }
  }

  private static void print(
      String what, List<Rates> one, List<Rates> two, ToDoubleFunction<Rates> rate) {
    double single = median(one, rate);
    double both = median(two, rate);
    System.out.printf(
        Locale.ROOT,
        "  %s: one executor %.2f, two %.2f mixtures a second, %.2f times%n",
        what,
        single,
        both,
        both / single);
  }

  /** The demo's manifest, with copies of its first datasets. */
  private Path manifest(int further) throws IOException {
    Path copy = Files.createTempDirectory(folder, "demo");
    for (String input : List.of("base", "data", "experts")) {
      FileUtils.copyDirectory(demo.resolve(input).toFile(), copy.resolve(input).toFile());
    }
    Config manifest = ConfigFactory.parseFile(demo.resolve("manifest.conf").toFile());
    List<Config> datasets = new ArrayList<>(manifest.getConfigList("datasets"));
    for (Config dataset : List.copyOf(datasets).subList(0, further)) {
      Config again = dataset;
      for (String file : List.of("data", "expert")) {
        Path original = copy.resolve(dataset.getString(file));
        String name = "again-" + original.getFileName();
        copyAll(original, original.resolveSibling(name));
        String path = copy.relativize(original.resolveSibling(name)).toString();
        again = again.withValue(file, ConfigValueFactory.fromAnyRef(path));
      }
      datasets.add(
          again.withValue("id", ConfigValueFactory.fromAnyRef(dataset.getString("id") + "-again")));
    }
    Config wider =
        manifest.withValue(
            "datasets",
            ConfigValueFactory.fromIterable(datasets.stream().map(Config::root).toList()));
    return Files.writeString(
        copy.resolve("manifest.conf"), wider.root().render(ConfigRenderOptions.concise()));
  }

  /** Of a text, or of an expert's folder. */
  private static void copyAll(Path from, Path to) throws IOException {
    if (Files.isDirectory(from)) {
      FileUtils.copyDirectory(from.toFile(), to.toFile());
    } else {
      Files.copy(from, to);
    }
  }

  private Rates rates(Path manifest, int executors) throws Exception {
    Path output = Files.createTempDirectory(folder, "run");
    List<String> command = new ArrayList<>(List.of("search"));
    command.addAll(List.of("--set", "manifest=" + manifest));
    command.addAll(List.of("--set", "output=" + output.resolve("run")));
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    String master = "local-cluster[%d,1,1024]".formatted(executors);
    SparkSubmit search = SparkSubmit.startMeasured(output, master, Map.of(), command);
    for (int executor = 0; executor < executors; executor++) {
      ExecutorProcess.await(search, executor).holdToCore(executor);
    }
    if (search.exitCode() != 0) {
      throw new IllegalStateException(search.log());
    }
    long mixtures = 0;
    double seconds = 0;
    long warmMixtures = 0;
    double warmSeconds = 0;
    Matcher round = ROUND.matcher(search.log());
    while (round.find()) {
      long now = Long.parseLong(round.group(1));
      double taken = Double.parseDouble(round.group(2));
      if (mixtures >= WARM_AFTER) {
        warmMixtures += now;
        warmSeconds += taken;
      }
      mixtures += now;
      seconds += taken;
      System.out.printf("  %s%n", round.group());
    }
    System.out.printf(
        Locale.ROOT,
        "%d executors: %d mixtures in %.2f s: %.2f a second%n",
        executors,
        mixtures,
        seconds,
        mixtures / seconds);
    return new Rates(mixtures / seconds, warmMixtures / warmSeconds);
  }

  private static double median(List<Rates> rates, ToDoubleFunction<Rates> rate) {
    return rates.stream()
        .mapToDouble(rate)
        .sorted()
        .skip(rates.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
