package org.mergetomix.demo;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.output.ParquetTables;
import org.mergetomix.problem.UserException;

/**
 * The example as one corpus: the names of all candidates, some of one language in a row, in random
 * order. Each row has its language in a column that divide does not look at, so that what comes out
 * can be compared with what went in. The files are written anew each time; what they are divided
 * into stays as long as it is complete, and divided by the same settings.
 */
public final class CorpusExample {

  private static final int NAMES_IN_A_ROW = 16;
  private static final long SEED = 1;

  private final Path directory;

  /** The corpus in the directory of an example. */
  public CorpusExample(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** How the corpus is divided: {@code key=value}. */
  public List<String> settings() {
    return List.of(
        "manifest=" + directory.resolve("corpus.conf"),
        "divide.features=characters",
        "divide.parts=" + Example.CANDIDATES.size());
  }

  /** How its parts are searched: {@code key=value}. */
  public List<String> settingsOfParts() {
    return List.of(
        "manifest=" + divided().child("manifest.conf"), "output=" + divided().child("run"));
  }

  /** The folder that the corpus is divided into. */
  public Location divided() {
    return Location.of(directory.resolve("divided"));
  }

  /**
   * Whether that has been done, to the end and by these settings.
   *
   * @throws UserException if the directory cannot be read
   */
  public boolean isDivided(Configuration configuration) {
    try {
      return Files.exists(divided().child("manifest.conf").path())
          && Files.exists(remembered())
          && Files.readString(remembered()).equals(how(configuration));
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  /**
   * Keeps by which settings the corpus was divided.
   *
   * @throws UserException if the directory cannot be written
   */
  public void rememberDivision(Configuration configuration) {
    try {
      Files.writeString(remembered(), how(configuration));
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  /**
   * Deletes the parts, if there are some, with all that was trained on them and found out about
   * them.
   *
   * @throws UserException if they cannot be deleted
   */
  public void discardDivision() {
    Path parts = divided().path();
    if (!Files.exists(parts)) {
      return;
    }
    try (Stream<Path> files = Files.walk(parts)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  private Path remembered() {
    return divided().child("settings.txt").path();
  }

  private String how(Configuration configuration) throws IOException {
    return "%s\n%s\n%s\nseed %s\ncorpus %s\n"
        .formatted(
            configuration.requireManifest(),
            configuration.divide(),
            configuration.baselines(),
            configuration.seed(),
            Digests.sha256(directory.resolve("corpus.jsonl")));
  }

  /**
   * Writes the corpus and its manifest, whose base is the example's.
   *
   * @throws UserException if the directory cannot be written
   */
  public void prepare() {
    try {
      Files.createDirectories(directory);
      Files.write(directory.resolve("corpus.jsonl"), rows());
      Files.writeString(
          directory.resolve("corpus.conf"),
          """
          base { checkpoint = "base" }
          corpus { data = "corpus.jsonl" }
          tasks = [
            {
              id = ca
              kind = language-modelling
              data = "data/ca.search.txt"
              confirm = "data/ca.confirm.txt"
            }
          ]
          """);
    } catch (IOException failure) {
      throw unusable(failure);
    }
  }

  private UserException unusable(IOException failure) {
    return UserException.input(
        "Cannot write the example: " + failure,
        directory.toString(),
        "Choose a directory that can be written, with --directory",
        failure);
  }

  private static List<String> rows() {
    List<String> rows = new ArrayList<>();
    for (String language : Example.CANDIDATES) {
      List<String> names = LanguageNames.split(language, SEED).training();
      for (int from = 0; from < names.size(); from += NAMES_IN_A_ROW) {
        List<String> row = names.subList(from, Math.min(names.size(), from + NAMES_IN_A_ROW));
        rows.add(
            JsonNodeFactory.instance
                .objectNode()
                .put("text", String.join(", ", row))
                .put("language", language)
                .toString());
      }
    }
    Collections.shuffle(rows, new Random(SEED));
    return rows;
  }

  /**
   * Of which languages the rows of each part are.
   *
   * @param parts numbers of rows by part and language
   */
  public record Recovery(SortedMap<String, SortedMap<String, Long>> parts) {

    /** The share of the rows that are of the language that most rows of their part are of. */
    public double purity() {
      long rows = 0;
      long most = 0;
      for (SortedMap<String, Long> languages : parts.values()) {
        rows += languages.values().stream().mapToLong(Long::longValue).sum();
        most += languages.values().stream().mapToLong(Long::longValue).max().orElse(0);
      }
      return (double) most / rows;
    }
  }

  /** Compares the parts with the languages. */
  public Recovery recovery(SparkSession spark) {
    SortedMap<String, SortedMap<String, Long>> parts = new TreeMap<>();
    ParquetTables.read(spark, List.of(divided().child("parts")))
        .groupBy(col("part").cast("string"), col("language"))
        .count()
        .collectAsList()
        .forEach(
            row ->
                parts
                    .computeIfAbsent(row.getString(0), part -> new TreeMap<>())
                    .put(row.getString(1), row.getLong(2)));
    return new Recovery(parts);
  }
}
