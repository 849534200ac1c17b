package org.mergetomix.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.MultipleChoice;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.FolderTokenizer;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.score.Measure;
import org.mergetomix.spark.FineTuneAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/**
 * Writes the example as the files that a user would bring: texts, a base as a Hugging Face folder,
 * and a manifest. The base is pre-trained on the candidates and on four languages more, never on
 * Catalan or its other relatives. Files that are there with the same contents stay.
 */
public final class Example {

  /** The languages to choose from. */
  static final List<String> CANDIDATES = List.of("de", "es", "fi", "fr", "it", "pl", "sv", "tr");

  private static final List<String> PRETRAINED_TOO = List.of("cs", "da", "et", "hu");
  private static final String TARGET = "ca";

  /** The second task: which of four is what a country is called in Catalan. */
  private static final String COUNTRIES = "countries";

  /**
   * Bits per byte, and nats, that count as one. Over all mixtures, scores on either task have a
   * standard deviation of about two thirds of it, so that weights are what they seem to be.
   */
  private static final double BITS = 0.1;

  private static final double NATS = 0.5;

  /** What a folder has beside its weights. */
  private static final List<String> COMPANIONS =
      List.of(FamilyReader.FILE, FolderTokenizer.FILE, "tokenizer_config.json");

  private static final long SEED = 1;

  /** How the base is pre-trained, however experts are fine-tuned: {@code key=value}. */
  public static final List<String> PRETRAINING =
      List.of(
          "training.method=full",
          "training.precision=auto",
          "training.length=steps",
          "training.steps=500",
          "training.learning-rate=2e-3",
          "training.held-out=0");

  private final Path directory;

  /** The example in {@code directory}, which need not exist. */
  public Example(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /**
   * Writes what is missing, and pre-trains the base, which is a fine-tuning of a drawn one.
   *
   * @param pretraining what the user wants, but for {@link #PRETRAINING}
   * @return the manifest
   * @throws UserException if the directory cannot be written
   */
  public Path prepare(SparkSession spark, Configuration pretraining, Progress progress) {
    Path initial = directory.resolve("initial");
    try {
      writeTexts();
      writeInitial(initial);
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot write the example: " + failure,
          directory.toString(),
          "Choose a directory that can be written, with --directory",
          failure);
    }
    Path base = directory.resolve("base");
    Path manifest = directory.resolve("manifest.conf");
    Manifest.DatasetEntry everything = dataset("pretraining", base);
    new FineTuneAction(
            spark, manifest(manifest, initial, List.of(everything)), pretraining, progress)
        .run();
    List<Manifest.DatasetEntry> candidates =
        CANDIDATES.stream()
            .map(id -> dataset(id, directory.resolve("experts").resolve(id)))
            .toList();
    Manifest.write(manifest(manifest, base, candidates), manifest);
    return manifest;
  }

  /** Where the example's search keeps its run. */
  public Path run() {
    return directory.resolve("run");
  }

  private Manifest manifest(Path file, Path base, List<Manifest.DatasetEntry> datasets) {
    return new Manifest(
        Location.of(file),
        new Manifest.Base(
            Optional.empty(),
            Location.of(base),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            List.of()),
        datasets,
        List.of(
            task(TARGET, LanguageModelling.KIND, LanguageModelling.BITS_PER_BYTE, 3, BITS),
            task(COUNTRIES, CountryQuestions.KIND, MultipleChoice.MARGIN, 1, NATS)));
  }

  private Manifest.TaskEntry task(
      String id, TaskKind kind, Measure measure, double weight, double scale) {
    return new Manifest.TaskEntry(
        id,
        kind,
        measure,
        Location.of(examples(id, "search")),
        RowColumns.UNSAID,
        Optional.of(Location.of(examples(id, "confirm"))),
        weight,
        OptionalDouble.of(scale));
  }

  private Manifest.DatasetEntry dataset(String id, Path expert) {
    return new Manifest.DatasetEntry(
        id, Optional.of(Location.of(text(id))), Location.of(expert), Optional.empty());
  }

  private Path examples(String task, String split) {
    return task.equals(TARGET)
        ? text(TARGET + "." + split)
        : directory.resolve("data").resolve("%s.%s.jsonl".formatted(task, split));
  }

  private Path text(String name) {
    return directory.resolve("data").resolve(name + ".txt");
  }

  private void writeTexts() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    List<String> everything = new ArrayList<>();
    for (String language : CANDIDATES) {
      List<String> names = LanguageNames.split(language, SEED).training();
      Files.write(text(language), names);
      everything.addAll(names);
    }
    for (String language : PRETRAINED_TOO) {
      everything.addAll(LanguageNames.split(language, SEED).training());
    }
    Files.write(text("pretraining"), everything);
    writeExamples(TARGET, LanguageNames.split(TARGET, SEED).heldOut());
    writeExamples(COUNTRIES, CountryQuestions.rows(TARGET, SEED));
  }

  /** Half of them to search by, half to confirm by. */
  private void writeExamples(String task, List<String> examples) throws IOException {
    int half = examples.size() / 2;
    Files.write(examples(task, "search"), examples.subList(0, half));
    Files.write(examples(task, "confirm"), examples.subList(half, examples.size()));
  }

  private static void writeInitial(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : COMPANIONS) {
      try (InputStream resource = Example.class.getResourceAsStream("model/" + file)) {
        Files.write(folder.resolve(file), resource.readAllBytes());
      }
    }
    SortedMap<String, TensorSpec> tensors = new TreeMap<>();
    FamilyReader.read(folder.resolve(FamilyReader.FILE))
        .tensors()
        .forEach((name, shape) -> tensors.put(name, new TensorSpec(name, DType.F32, shape)));
    SafetensorsWriter.write(
        folder.resolve("model.safetensors"),
        tensors,
        Map.of("format", "pt"),
        new InitialWeights(tensors, SEED));
  }
}
