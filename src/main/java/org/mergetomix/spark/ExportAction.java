package org.mergetomix.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.folder.CheckpointFolderWriter;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mergekit.MergekitRecipe;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * Writes the surrogate of one mixture as a folder that Hugging Face reads: the only way one reaches
 * a disk. Tensors have the base's types, rounded once; configuration and tokenizer files are copied
 * from a base that is a folder.
 */
public final class ExportAction {

  private static final int CHUNK = 8192;

  private static final String MERGEKIT = "mergekit.yaml";

  private final SparkSession spark;
  private final Manifest manifest;
  private final Configuration configuration;

  /** Exports from these inputs. */
  public ExportAction(SparkSession spark, Manifest manifest, Configuration configuration) {
    this.spark = spark;
    this.manifest = manifest;
    this.configuration = configuration;
  }

  /**
   * What was written beside the tensors.
   *
   * @param withoutMergekit why there is no equivalent for mergekit, each as the part of a sentence;
   *     empty where there is one
   */
  public record Result(List<String> withoutMergekit) {}

  /**
   * Merges the mixture and writes it, with {@code mixture.json} for a trainer, and with {@code
   * mergekit.yaml} where mergekit can merge the same. An executor does it for a folder in a store,
   * where {@code mixture.json} comes last; a local folder is one of the driver's machine, so the
   * driver does it.
   *
   * @param mixture a mixture of the manifest's datasets
   * @param target the folder to write, which must not exist
   * @throws UserException if the mixture has unknown datasets, an input is missing or broken, or
   *     the folder cannot be written
   */
  public Result run(Mixture mixture, Location target) {
    List<String> known = manifest.datasetIds();
    List<String> unknown =
        mixture.datasets().stream().filter(dataset -> !known.contains(dataset)).toList();
    if (!unknown.isEmpty()) {
      throw UserException.usage(
          "Unknown datasets in the mixture " + mixture + ": " + String.join(", ", unknown),
          manifest.file().text(),
          "Known: " + String.join(", ", known));
    }
    LocalOutput.requireNew(target, spark.sparkContext().hadoopConfiguration());
    RunPlan plan;
    String trainer;
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      Manifest needed = manifest.toMerge(mixture.datasets());
      List<Problem> missing = needed.missingFiles(files, Purpose.SEARCHING);
      if (!missing.isEmpty()) {
        throw UserException.input(missing);
      }
      plan = RunPlan.toMerge(spark, needed, configuration);
      trainer = TrainerManifest.of(files, needed, plan, mixture, configuration.seed());
    }
    return new Result(
        target.isLocal()
            ? write(plan, mixture, target, trainer)
            : onExecutor(plan, mixture, target, trainer));
  }

  private List<String> onExecutor(RunPlan plan, Mixture mixture, Location target, String trainer) {
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    context.setJobGroup("export", "Export " + mixture, false);
    try {
      return List.copyOf(
          context
              .parallelize(List.of(mixture), 1)
              .map(exported -> new ArrayList<>(write(broadcast.value(), exported, target, trainer)))
              .first());
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private static List<String> write(
      RunPlan plan, Mixture mixture, Location target, String trainer) {
    Map<String, String> metadata =
        Map.of(
            "format", "pt",
            "merge-to-mix.mixture", mixture.id(),
            "merge-to-mix.method", plan.method().describe(),
            "merge-to-mix.base", plan.base().digest());
    try (SlotLease lease = ExecutorRuntime.lease(plan);
        InputFiles files = plan.access().open();
        LocalOutput folder =
            LocalOutput.of(
                target,
                lease.withRuntime(ExportAction::bytes),
                files,
                plan.access().hadoop().value())) {
      List<String> withoutMergekit =
          lease.withRuntime(
              runtime -> {
                MergekitRecipe recipe = runtime.mergekit(mixture);
                write(mixture, folder.path(), metadata, runtime, trainer, recipe);
                return recipe.obstacles();
              });
      folder.publishFolder(TrainerManifest.FILE);
      return withoutMergekit;
    }
  }

  private static void write(
      Mixture mixture,
      Path target,
      Map<String, String> metadata,
      ExecutorRuntime runtime,
      String trainer,
      MergekitRecipe recipe) {
    try (CheckpointFolderWriter folder =
        CheckpointFolderWriter.begin(
            target,
            runtime.base().stored().tensors(),
            metadata,
            CheckpointFolderWriter.SHARD_BYTES)) {
      runtime.merge(mixture, folder);
      copyIntegers(runtime.base().stored(), folder);
      Companions.of(runtime.plan().base().file()).forEach(folder::copy);
      folder.write(TrainerManifest.FILE, trainer);
      recipe.yaml().ifPresent(yaml -> folder.write(MERGEKIT, yaml));
      folder.commit();
    }
  }

  /** The most that a folder takes: tensors, what is copied, and what is said about them. */
  private static long bytes(ExecutorRuntime runtime) {
    return CheckpointFolderWriter.bytes(runtime.base().stored().tensors())
        + Companions.bytes(runtime.plan().base().file());
  }

  /** Tensors of whole numbers have no delta: they are the base's. */
  private static void copyIntegers(Checkpoint base, CheckpointFolderWriter folder) {
    long[] chunk = new long[CHUNK];
    for (TensorSpec tensor : base.tensors().values()) {
      if (!tensor.dtype().floating()) {
        for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
          int length = (int) Math.min(CHUNK, tensor.elements() - offset);
          base.readIntegers(tensor.name(), offset, chunk, length);
          folder.writeIntegers(tensor.name(), offset, chunk, length);
        }
      }
    }
  }
}
