package org.mergetomix.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.spark.Session;
import org.mergetomix.spark.round.Progress;

/**
 * A larger example to measure searches on: the embedded one's base, which is pre-trained on twelve
 * languages, all twelve of them to choose from, and five languages that it has never seen to help.
 * Its 4,095 mixtures can all be evaluated, and so any search be compared with the truth.
 *
 * <p>Argument: the directory to write. {@code finetune}, {@code search --set
 * search.strategy=exhaustive} and {@code replay} do the rest.
 */
public final class TwelveLanguages {

  private static final List<String> DATASETS =
      List.of("cs", "da", "de", "es", "et", "fi", "fr", "hu", "it", "pl", "sv", "tr");
  private static final List<String> TARGETS = List.of("ca", "en", "nl", "pt", "ro");
  private static final long SEED = 1;

  private final Path directory;

  /** The example in {@code directory}, which need not exist. */
  TwelveLanguages(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** Writes texts, base and manifest. */
  public static void main(String[] arguments) throws IOException {
    Configuration configuration = Configuration.load(List.of(), Example.PRETRAINING);
    try (Session session = Session.open(configuration.spark())) {
      Path manifest =
          new TwelveLanguages(Path.of(arguments[0])).prepare(session.spark(), configuration);
      System.out.println("Manifest: " + manifest);
    }
  }

  /**
   * Writes texts, base and manifest.
   *
   * @return the manifest, beside the embedded example's
   */
  Path prepare(SparkSession spark, Configuration pretraining) throws IOException {
    Path example = new Example(directory).prepare(spark, pretraining, Progress.SILENT);
    for (String language : DATASETS) {
      Files.write(text(language + ".txt"), LanguageNames.split(language, SEED).training());
    }
    for (String target : TARGETS) {
      List<String> names = LanguageNames.split(target, SEED).heldOut();
      int half = names.size() / 2;
      Files.write(text(target + ".search.txt"), names.subList(0, half));
      Files.write(text(target + ".confirm.txt"), names.subList(half, names.size()));
    }
    Path manifest = directory.resolve("twelve.conf");
    Manifest.write(manifest(manifest, Manifest.read(example).base()), manifest);
    return manifest;
  }

  private Manifest manifest(Path file, Manifest.Base base) {
    List<Manifest.DatasetEntry> datasets = new ArrayList<>();
    for (String language : DATASETS) {
      datasets.add(
          new Manifest.DatasetEntry(
              language,
              Optional.of(Location.of(text(language + ".txt"))),
              Location.of(directory.resolve("experts").resolve(language)),
              Optional.empty()));
    }
    List<Manifest.TaskEntry> tasks = new ArrayList<>();
    for (String target : TARGETS) {
      tasks.add(
          new Manifest.TaskEntry(
              target,
              LanguageModelling.KIND,
              Location.of(text(target + ".search.txt")),
              Optional.of(Location.of(text(target + ".confirm.txt"))),
              1));
    }
    return new Manifest(Location.of(file), base, datasets, tasks);
  }

  private Path text(String name) {
    return directory.resolve("data").resolve(name);
  }
}
