package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.export.ModelCard;
import org.mergetomix.export.TrainerManifest;
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
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.tensor.Checkpoint;

/**
 * Writes the surrogate of one mixture as a folder that Hugging Face reads: the only way one reaches
 * a disk. Tensors have the base's types, rounded once; configuration and tokenizer files are copied
 * from a base that is a folder.
 */
public final class ExportAction {

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
   * @param codeLeft the names of files of Python code in the base's folder that were left there
   */
  public record Result(List<String> withoutMergekit, List<String> codeLeft)
      implements Serializable {}

  /**
   * Merges the mixture and writes it without the base's code, as {@link #run(Mixture, Location,
   * Companions.Code)}.
   */
  public Result run(Mixture mixture, Location target) {
    return run(mixture, target, Companions.Code.LEFT);
  }

  /**
   * Merges the mixture and writes it, with a model card, {@code mixture.json} for a trainer, and
   * {@code mergekit.yaml} where mergekit can merge the same. An executor does it for a folder in a
   * store, where {@code mixture.json} comes last; a local folder is one of the driver's machine, so
   * the driver does it.
   *
   * @param mixture a mixture of the manifest's datasets
   * @param target the folder to write, which must not exist
   * @param code whether Python code in the base's folder is copied
   * @throws UserException if the mixture has unknown datasets, an input is missing or broken, or
   *     the folder cannot be written
   */
  public Result run(Mixture mixture, Location target, Companions.Code code) {
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
    Map<String, String> texts;
    try (InputFiles files = InputAccess.of(spark, configuration).open()) {
      Manifest needed = manifest.toMerge(mixture.datasets());
      List<Problem> missing = needed.missingFiles(files, Purpose.SEARCHING);
      if (!missing.isEmpty()) {
        throw UserException.input(missing);
      }
      plan = RunPlan.toMerge(spark, needed, configuration);
      texts =
          Map.of(
              TrainerManifest.FILE,
              TrainerManifest.of(
                  files,
                  needed,
                  plan,
                  mixture,
                  configuration.training().shares(),
                  configuration.seed()),
              ModelCard.FILE,
              ModelCard.of(plan, mixture, judged(plan, mixture)));
    }
    Export export = new Export(mixture, target, code, texts);
    return target.isLocal() ? write(plan, export) : onExecutor(plan, export);
  }

  /**
   * What is written.
   *
   * @param texts by the names of their files
   */
  private record Export(
      Mixture mixture, Location target, Companions.Code code, Map<String, String> texts)
      implements Serializable {}

  /** How the run in the configured output, if there is one, judged what is exported. */
  private Optional<ModelCard.Judged> judged(RunPlan plan, Mixture mixture) {
    if (configuration.output().isEmpty()) {
      return Optional.empty();
    }
    RunDirectory directory =
        new RunDirectory(configuration.requireOutput(), spark.sparkContext().hadoopConfiguration());
    return directory
        .read()
        .filter(record -> record.state() != RunRecord.State.SEARCHING)
        .filter(record -> ModelCard.Judged.sameMerge(record, plan, mixture))
        .flatMap(
            record ->
                directory
                    .ranked(spark)
                    .find(mixture.id())
                    .filter(row -> row.rank().isPresent())
                    .map(row -> new ModelCard.Judged(record, row)));
  }

  private Result onExecutor(RunPlan plan, Export export) {
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    context.setJobGroup("export", "Export " + export.mixture(), false);
    try {
      return context
          .parallelize(List.of(export), 1)
          .map(written -> write(broadcast.value(), written))
          .first();
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private static Result write(RunPlan plan, Export export) {
    try (SlotLease lease = ExecutorRuntime.lease(plan);
        InputFiles files = plan.access().open();
        LocalOutput folder =
            LocalOutput.of(
                export.target(),
                lease.withRuntime(ExportAction::bytes),
                files,
                plan.access().hadoop().value())) {
      Result result = lease.withRuntime(runtime -> write(export, folder.path(), runtime));
      folder.publishFolder(TrainerManifest.FILE);
      return result;
    }
  }

  private static Result write(Export export, Path target, ExecutorRuntime runtime) {
    RunPlan plan = runtime.plan();
    Path base = plan.base().file();
    MergekitRecipe recipe = runtime.mergekit(export.mixture());
    Map<String, String> metadata =
        Map.of(
            "format", "pt",
            "merge-to-mix.mixture", export.mixture().id(),
            "merge-to-mix.method", plan.method().describe(),
            "merge-to-mix.base", plan.base().digest());
    try (CheckpointFolderWriter folder =
        CheckpointFolderWriter.begin(
            target,
            runtime.base().stored().tensors(),
            metadata,
            CheckpointFolderWriter.SHARD_BYTES)) {
      runtime.merge(export.mixture(), folder);
      copyIntegers(runtime.base().stored(), folder);
      Companions.of(base, export.code()).forEach(folder::copy);
      export.texts().forEach(folder::write);
      recipe.yaml().ifPresent(yaml -> folder.write(MERGEKIT, yaml));
      folder.commit();
    }
    return new Result(
        recipe.obstacles(),
        export.code() == Companions.Code.LEFT ? Companions.code(base) : List.of());
  }

  /** The most that a folder takes: tensors, what is copied, and what is said about them. */
  private static long bytes(ExecutorRuntime runtime) {
    return CheckpointFolderWriter.bytes(runtime.base().stored().tensors())
        + Companions.bytes(runtime.plan().base().file());
  }

  /** Tensors of whole numbers have no delta: they are the base's. */
  private static void copyIntegers(Checkpoint base, CheckpointFolderWriter folder) {
    base.tensors().values().stream()
        .filter(tensor -> !tensor.dtype().floating())
        .forEach(tensor -> folder.copyIntegers(base, tensor));
  }
}
