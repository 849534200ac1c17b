package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.export.GrownVocabulary;
import org.mergetomix.family.VocabularyTables;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/**
 * Writes the base with the tokens that experts added to its vocabulary, as a folder that Hugging
 * Face reads. The rows of a new token begin as the mean of the base's, as in transformers.
 */
public final class VocabularyAction {

  private static final int CHUNK = 8192;

  private static final String LAST = "config.json";

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;

  /** Grows the base of this manifest. */
  public VocabularyAction(SparkSession spark, Manifest manifest, Configuration configuration) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
  }

  /**
   * Writes the grown base. An executor does it for a folder in a store; a local folder is one of
   * the driver's machine, so the driver does it.
   *
   * @param target the folder to write, which must not exist
   * @return the tokens that were added, in the order of their numbers
   * @throws UserException if tokenizers cannot be compared, no token is new, an input is missing or
   *     broken, or the folder cannot be written
   */
  public List<String> run(Location target) {
    LocalOutput.requireNew(target, spark.sparkContext().hadoopConfiguration());
    InputAccess access = InputAccess.of(spark, configuration);
    GrownVocabulary vocabulary;
    try (InputFiles files = access.open()) {
      List<Problem> missing =
          manifest.toMerge(manifest.datasetIds()).missingFiles(files, Purpose.SEARCHING);
      UserException.inputIfAny(missing);
      SortedMap<String, Path> experts = new TreeMap<>();
      try {
        manifest
            .datasets()
            .forEach(dataset -> experts.put(dataset.id(), files.headers(dataset.expert())));
        vocabulary = GrownVocabulary.of(files.headers(manifest.base().checkpoint()), experts);
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
    Growth growth =
        new Growth(
            access,
            manifest.base().checkpoint(),
            manifest.base().sha256().orElse(""),
            vocabulary,
            target);
    if (target.isLocal()) {
      growth.write();
    } else {
      onExecutor(growth);
    }
    return vocabulary.texts();
  }

  private void onExecutor(Growth growth) {
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("vocabulary", "Write the base with more tokens", false);
    try {
      context.parallelize(List.of(growth), 1).foreach(Growth::write);
    } finally {
      context.clearJobGroup();
    }
  }

  private record Growth(
      InputAccess access,
      Location base,
      String promised,
      GrownVocabulary vocabulary,
      Location target)
      implements Serializable {

    void write() {
      try (InputFiles files = access.open()) {
        Path folder = files.fetch(base, promised);
        try (Checkpoint checkpoint = BaseCheckpoint.open(folder)) {
          requireTables(checkpoint);
          SortedMap<String, TensorSpec> grown = vocabulary.grown(checkpoint.tensors());
          long bytes = CheckpointFolderWriter.bytes(grown) + 2 * Companions.bytes(folder);
          try (LocalOutput output = LocalOutput.of(target, bytes, files, access.hadoop().value())) {
            write(checkpoint, folder, grown, output.path());
            output.publishFolder(LAST);
          }
        } catch (UserException problems) {
          throw files.named(problems);
        }
      }
    }

    private void requireTables(Checkpoint checkpoint) {
      if (checkpoint.tensors().values().stream().noneMatch(VocabularyTables::include)) {
        throw UserException.input(
            "No tensor of the base is known to have a row a token",
            base.text(),
            "The names that are known are %s".formatted(VocabularyTables.names()));
      }
      checkpoint.tensors().values().stream()
          .filter(tensor -> tensor.dtype() == DType.F64)
          .findFirst()
          .ifPresent(
              tensor -> {
                throw UserException.input(
                    "The base's tensor %s is F64, which would be rounded"
                        .formatted(TensorNames.shown(tensor.name())),
                    base.text(),
                    "Save the base in float32");
              });
    }

    private void write(
        Checkpoint checkpoint, Path base, SortedMap<String, TensorSpec> grown, Path path) {
      Map<String, String> metadata = Map.of("format", "pt");
      try (CheckpointFolderWriter folder =
          CheckpointFolderWriter.begin(path, grown, metadata, CheckpointFolderWriter.SHARD_BYTES)) {
        long rows = 0;
        for (TensorSpec tensor : grown.values()) {
          TensorSpec before = checkpoint.tensors().get(tensor.name());
          if (VocabularyTables.include(before)) {
            rows = tensor.shape().get(0);
            new Table(checkpoint, before, vocabulary).write(tensor, folder);
          } else if (before.dtype().floating()) {
            copy(checkpoint, before, folder);
          } else {
            folder.copyIntegers(checkpoint, before);
          }
        }
        Map<String, String> texts = vocabulary.files(base, rows);
        Companions.of(base).stream()
            .filter(file -> !texts.containsKey(file.getFileName().toString()))
            .forEach(folder::copy);
        texts.forEach(folder::write);
        folder.commit();
      }
    }
  }

  private static void copy(Checkpoint from, TensorSpec tensor, CheckpointFolderWriter folder) {
    float[] chunk = new float[CHUNK];
    TensorReader reader = from.reader(tensor.name());
    for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
      int length = (int) Math.min(CHUNK, tensor.elements() - offset);
      reader.read(offset, chunk, length);
      folder.write(tensor.name(), offset, chunk, length);
    }
  }

  /** A table of the base, of whose rows the first stand for its tokens. */
  private record Table(Checkpoint base, TensorSpec before, GrownVocabulary vocabulary) {

    void write(TensorSpec grown, CheckpointFolderWriter folder) {
      int columns = Math.toIntExact(VocabularyTables.rowLength(before));
      long rows = before.shape().get(0);
      long tokens = vocabulary.tokens();
      long added = tokens + vocabulary.added().size();
      float[] mean = mean(Math.min(tokens, rows), columns);
      float[] own = new float[columns];
      TensorReader reader = base.reader(before.name());
      for (long row = 0; row < grown.shape().get(0); row++) {
        boolean kept = row < rows && (row < tokens || row >= added);
        if (kept) {
          reader.read(row * columns, own, columns);
        }
        folder.write(grown.name(), row * columns, kept ? own : mean, columns);
      }
    }

    private float[] mean(long own, int columns) {
      double[] sum = new double[columns];
      float[] row = new float[columns];
      TensorReader reader = base.reader(before.name());
      for (long i = 0; i < own; i++) {
        reader.read(i * columns, row, columns);
        for (int j = 0; j < columns; j++) {
          sum[j] += row[j];
        }
      }
      float[] mean = new float[columns];
      for (int j = 0; j < columns; j++) {
        mean[j] = (float) (sum[j] / own);
      }
      return mean;
    }
  }
}
