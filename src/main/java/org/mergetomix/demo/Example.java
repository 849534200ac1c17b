package org.mergetomix.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.LiveModel;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.spark.TrainAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.FineTuning;

/**
 * Writes the example as the files that a user would bring: texts, a model, a base checkpoint and a
 * manifest. The base is pre-trained on the candidates and on four languages more, never on Catalan
 * or its other relatives. Files that are there with the same contents stay.
 */
public final class Example {

  /** The languages to choose from. */
  static final List<String> CANDIDATES = List.of("de", "es", "fi", "fr", "it", "pl", "sv", "tr");

  private static final List<String> PRETRAINED_TOO = List.of("cs", "da", "et", "hu");
  private static final String TARGET = "ca";
  private static final int CONTEXT = 48;
  private static final long SEED = 1;
  private static final FineTuning PRETRAINING =
      new FineTuning(new FineTuning.Steps(500), 64, 2e-3, 20, 0.1, 0.01, 1.0);

  private final Path directory;
  private final FineTuning pretraining;

  /** The example in {@code directory}, which need not exist. */
  public Example(Path directory) {
    this(directory, PRETRAINING);
  }

  /** The example with a base that is pre-trained otherwise. */
  Example(Path directory, FineTuning pretraining) {
    this.directory = directory.toAbsolutePath().normalize();
    this.pretraining = pretraining;
  }

  /**
   * Writes what is missing, and pre-trains the base as a Spark task.
   *
   * @return the manifest
   * @throws UserException if the directory cannot be written
   */
  public Path prepare(SparkSession spark, Configuration configuration, Progress progress) {
    Path graph = directory.resolve("byte-transformer.pt");
    Path initial = directory.resolve("initial.safetensors");
    Path base = directory.resolve("base.safetensors");
    SortedMap<String, TextData> texts = new TreeMap<>();
    try {
      Files.createDirectories(directory);
      copyGraph(graph);
      List<String> languages = new ArrayList<>(CANDIDATES);
      languages.addAll(PRETRAINED_TOO);
      for (String language : languages) {
        Path file = text(language + ".txt");
        write(file, LanguageNames.split(language, SEED).training());
        texts.put(language, new TextData(file.toString(), TokenizerSource.BYTES, CONTEXT));
      }
      List<String> target = LanguageNames.split(TARGET, SEED).heldOut();
      write(text(TARGET + ".search.txt"), target.subList(0, target.size() / 2));
      write(text(TARGET + ".confirm.txt"), target.subList(target.size() / 2, target.size()));
    } catch (IOException failure) {
      throw UserException.input(
          "Cannot write the example: " + failure,
          directory.toString(),
          "Choose a directory that can be written, with --directory",
          failure);
    }
    writeInitialWeights(graph, initial);
    new TrainAction(spark, configuration, progress)
        .run("pretrain", graph, initial, texts, pretraining, SEED, base);
    Path manifest = directory.resolve("manifest.conf");
    Manifest.write(manifest(manifest, graph, base), manifest);
    return manifest;
  }

  /** Where the example's search keeps its run. */
  public Path run() {
    return directory.resolve("run");
  }

  private Manifest manifest(Path file, Path graph, Path base) {
    return new Manifest(
        Location.of(file),
        new Manifest.Base(
            Location.of(graph), Location.of(base), "bytes", CONTEXT, Optional.empty()),
        CANDIDATES.stream()
            .map(
                language ->
                    new Manifest.DatasetEntry(
                        language,
                        Optional.of(Location.of(text(language + ".txt"))),
                        Location.of(
                            directory.resolve("experts").resolve(language + ".safetensors")),
                        Optional.empty()))
            .toList(),
        List.of(
            new Manifest.TaskEntry(
                TARGET,
                LanguageModelling.KIND,
                Location.of(text(TARGET + ".search.txt")),
                Optional.of(Location.of(text(TARGET + ".confirm.txt"))),
                1)));
  }

  private Path text(String name) {
    return directory.resolve("data").resolve(name);
  }

  private static void write(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, lines);
  }

  private static void copyGraph(Path graph) throws IOException {
    try (InputStream resource = Example.class.getResourceAsStream("byte-transformer.pt")) {
      Files.write(graph, resource.readAllBytes());
    }
  }

  private static void writeInitialWeights(Path graph, Path target) {
    try (LiveModel model = LiveModel.load(graph)) {
      SortedMap<String, TensorSpec> tensors = model.tensors();
      SafetensorsWriter.write(target, tensors, Map.of(), new InitialWeights(tensors, SEED));
    }
  }
}
