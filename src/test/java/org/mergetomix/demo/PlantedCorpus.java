package org.mergetomix.demo;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.spark.DivideAction;
import org.mergetomix.spark.Session;
import org.mergetomix.spark.round.Progress;

/**
 * How long divide takes on a corpus whose parts are known, what it needs, and how many rows come
 * into the right part. A first, smaller division warms the JVM.
 *
 * <p>The words are those of CLDR's names in twelve languages, some 10,000. Of these 2,000 are
 * everybody's; each part has 600 more, drawn from all others, so that any two parts have some in
 * common. A row has 20 to 60 words: 60 % everybody's, 30 % of its part, 10 % of another one that is
 * drawn anew for each row. Within a vocabulary, words are as frequent as Zipf has it. One row of
 * twenty is an earlier one with one word changed.
 *
 * <p>Arguments: a directory, rows, parts, and a Spark master. Driver and executor are one process:
 * the heap is that of both.
 */
public final class PlantedCorpus {

  private static final List<String> LANGUAGES =
      List.of("cs", "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "pl", "tr");
  private static final int COMMON = 2_000;
  private static final int OWN = 600;
  private static final int KEPT = 500;

  private final Random random = new Random(1);
  private final List<String> common;
  private final List<List<String>> own;

  private PlantedCorpus(int parts) {
    List<String> words =
        new ArrayList<>(
            LANGUAGES.stream()
                .flatMap(language -> LanguageNames.all(language).stream())
                .flatMap(name -> Stream.of(name.toLowerCase(Locale.ROOT).split("[^\\p{L}]+", -1)))
                .filter(word -> word.length() > 2)
                .distinct()
                .sorted()
                .toList());
    Collections.shuffle(words, random);
    common = List.copyOf(words.subList(0, COMMON));
    List<String> others = words.subList(COMMON, words.size());
    own =
        IntStream.range(0, parts)
            .mapToObj(
                part -> {
                  Collections.shuffle(others, random);
                  return List.copyOf(others.subList(0, OWN));
                })
            .toList();
    System.out.printf(Locale.ROOT, "%,d words%n", words.size());
  }

  /** Writes the corpus, divides it, and prints what that took. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]).toAbsolutePath();
    int rows = Integer.parseInt(arguments[1]);
    int parts = Integer.parseInt(arguments[2]);
    Configuration configuration =
        Configuration.load(
            List.of(),
            List.of(
                "spark.master=" + arguments[3],
                "manifest=" + directory.resolve("corpus.conf"),
                "divide.parts=" + parts));
    try (Session session = Session.open(configuration.spark())) {
      for (int size : List.of(rows / 100, rows)) {
        write(directory, size, parts);
        measure(session.spark(), configuration, directory);
      }
    }
  }

  private static void write(Path directory, int rows, int parts) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("corpus.conf"),
        """
        base { checkpoint = "base" }
        corpus { data = "corpus.jsonl" }
        tasks = [ { id = target, kind = language-modelling, data = "target.txt" } ]
        """);
    PlantedCorpus corpus = new PlantedCorpus(parts);
    Files.writeString(directory.resolve("target.txt"), corpus.row(0) + "\n");
    List<String> kept = new ArrayList<>();
    try (BufferedWriter lines = Files.newBufferedWriter(directory.resolve("corpus.jsonl"))) {
      for (int row = 0; row < rows; row++) {
        int part = corpus.random.nextInt(parts);
        String text = corpus.row(part);
        if (corpus.random.nextInt(20) == 0 && !kept.isEmpty()) {
          String[] again = kept.get(corpus.random.nextInt(kept.size())).split(" ", 2);
          part = Integer.parseInt(again[0]);
          text = again[1].replaceFirst("\\w+", corpus.word(corpus.common));
        } else if (kept.size() < KEPT) {
          kept.add(part + " " + text);
        }
        lines.write(
            JsonNodeFactory.instance
                .objectNode()
                .put("text", text)
                .put("planted", part)
                .toString());
        lines.newLine();
      }
    }
  }

  private String row(int part) {
    int other = random.nextInt(own.size());
    StringBuilder row = new StringBuilder();
    for (int left = 20 + random.nextInt(41); left > 0; left--) {
      int kind = random.nextInt(10);
      row.append(word(kind < 6 ? common : own.get(kind < 9 ? part : other))).append(' ');
    }
    return row.toString().strip();
  }

  /** By Zipf's law, nearly: the logarithm of the rank is uniform. */
  private String word(List<String> words) {
    return words.get((int) Math.exp(random.nextDouble() * Math.log(words.size())) - 1);
  }

  private static void measure(SparkSession spark, Configuration configuration, Path directory)
      throws IOException {
    Path target = directory.resolve("divided");
    FileUtils.deleteDirectory(target.toFile());
    List<MemoryPoolMXBean> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    long began = System.nanoTime();
    double before = processorSeconds();
    DivideAction.Result result =
        new DivideAction(spark, configuration, Progress.SILENT).run(Location.of(target));
    double seconds = (System.nanoTime() - began) / 1e9;
    double processor = processorSeconds() - before;
    long peak = heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    Row purity =
        spark
            .read()
            .parquet(target.resolve("parts").toString())
            .groupBy("part", "planted")
            .count()
            .groupBy("part")
            .agg(max("count").as("most"), sum("count").as("rows"))
            .agg(sum("most"), sum("rows"))
            .first();
    System.out.printf(
        Locale.ROOT,
        "%s: %,d rows in %d parts, %,d nearly the same, purity %.4f; %.1f s, %.1f s of processors,"
            + " heap at most %,d MB%n",
        configuration.spark().master(),
        result.rows(),
        result.parts().size(),
        result.nearDuplicates(),
        purity.getLong(0) / (double) purity.getLong(1),
        seconds,
        processor,
        peak >> 20);
  }

  private static double processorSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }
}
