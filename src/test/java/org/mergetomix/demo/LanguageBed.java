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
 * Other examples to measure on, with the embedded one's base, which is pre-trained on twelve
 * languages in Latin script: languages to choose from, and languages that the base has never seen
 * to help.
 *
 * <p>Arguments: the name of one, and a directory that several can share. In its folder NAME there,
 * {@code manifest.conf} has every target as a task, and {@code TARGET.conf} one alone. {@code
 * finetune}, {@code search} and {@code fidelity} or {@code replay} do the rest.
 *
 * @param name of its folder
 * @param datasets to choose from
 * @param targets languages to help
 */
public record LanguageBed(String name, List<LanguageBed.Portion> datasets, List<String> targets) {

  /**
   * All twelve languages of the base. The 4,095 mixtures can all be evaluated, and so any search be
   * compared with the truth.
   */
  static final LanguageBed TWELVE =
      new LanguageBed(
          "twelve",
          all("cs", "da", "de", "es", "et", "fi", "fr", "hu", "it", "pl", "sv", "tr"),
          List.of("ca", "en", "nl", "pt", "ro"));

  /**
   * Datasets of very different sizes, 1 : 2 : 5 : 10 : 20 : 40; those that should help Catalan and
   * Portuguese most are not the largest. To be trained by epochs and mixed by example, so that a
   * mixture is what one gets who pours them together.
   */
  static final LanguageBed SIZES =
      new LanguageBed(
          "sizes",
          List.of(
              new Portion("pl", 30),
              new Portion("es", 60),
              new Portion("it", 150),
              new Portion("sv", 300),
              new Portion("de", 600),
              new Portion("fr", 1_200)),
          List.of("ca", "nl", "pt"));

  /**
   * Languages in scripts of which the base has seen one alone, and targets in three of the others.
   */
  static final LanguageBed SCRIPTS =
      new LanguageBed(
          "scripts", all("ar", "el", "es", "hi", "ka", "ru"), List.of("bg", "fa", "mr"));

  private static final long SEED = 1;

  public LanguageBed {
    datasets = List.copyOf(datasets);
    targets = List.copyOf(targets);
  }

  /**
   * A dataset.
   *
   * @param most how many of a language's names it has, or all where there are fewer
   */
  record Portion(String language, int most) {}

  static List<LanguageBed> beds() {
    return List.of(TWELVE, SIZES, SCRIPTS);
  }

  private static List<Portion> all(String... languages) {
    return List.of(languages).stream()
        .map(language -> new Portion(language, Integer.MAX_VALUE))
        .toList();
  }

  /** Writes texts, base and manifests. */
  public static void main(String[] arguments) throws IOException {
    Configuration configuration = Configuration.load(List.of(), Example.PRETRAINING);
    try (Session session = Session.open(configuration.spark())) {
      Path manifest =
          beds().stream()
              .filter(bed -> bed.name().equals(arguments[0]))
              .findFirst()
              .orElseThrow()
              .write(Path.of(arguments[1]), session.spark(), configuration);
      System.out.println("Manifest: " + manifest);
    }
  }

  /**
   * Writes texts, base and manifests.
   *
   * @param into a directory, which need not exist; the base and the embedded example are written
   *     into it
   * @return the manifest with every target
   */
  Path write(Path into, SparkSession spark, Configuration pretraining) throws IOException {
    Path directory = into.toAbsolutePath().normalize();
    Path example = new Example(directory).prepare(spark, pretraining, Progress.SILENT);
    Manifest.Base base = Manifest.read(example).base();
    Path bed = directory.resolve(name);
    Path texts = Files.createDirectories(bed.resolve("data"));
    for (Portion dataset : datasets) {
      List<String> names = LanguageNames.split(dataset.language(), SEED).training();
      Files.write(
          texts.resolve(dataset.language() + ".txt"),
          names.subList(0, Math.min(dataset.most(), names.size())));
    }
    for (String target : targets) {
      List<String> names = LanguageNames.split(target, SEED).heldOut();
      int half = names.size() / 2;
      Files.write(texts.resolve(target + ".search.txt"), names.subList(0, half));
      Files.write(texts.resolve(target + ".confirm.txt"), names.subList(half, names.size()));
      write(bed, target, base, List.of(target));
    }
    return write(bed, "manifest", base, targets);
  }

  private Path write(Path bed, String title, Manifest.Base base, List<String> judges) {
    Path file = bed.resolve(title + ".conf");
    Path texts = bed.resolve("data");
    List<Manifest.DatasetEntry> entries = new ArrayList<>();
    for (Portion dataset : datasets) {
      entries.add(
          new Manifest.DatasetEntry(
              dataset.language(),
              Optional.of(Location.of(texts.resolve(dataset.language() + ".txt"))),
              Location.of(bed.resolve("experts").resolve(dataset.language())),
              Optional.empty()));
    }
    List<Manifest.TaskEntry> tasks = new ArrayList<>();
    for (String target : judges) {
      tasks.add(
          new Manifest.TaskEntry(
              target,
              LanguageModelling.KIND,
              Location.of(texts.resolve(target + ".search.txt")),
              Optional.of(Location.of(texts.resolve(target + ".confirm.txt"))),
              1));
    }
    Manifest.write(new Manifest(Location.of(file), base, entries, tasks), file);
    return file;
  }
}
