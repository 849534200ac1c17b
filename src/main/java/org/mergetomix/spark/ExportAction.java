package org.mergetomix.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.checkpoint.SafetensorsWriter;
import org.mergetomix.config.Configuration;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Purpose;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.surrogate.LiveModel;

/** Writes the surrogate of one mixture to a safetensors file: the only way one reaches a disk. */
public final class ExportAction {

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
   * Merges the mixture, as a Spark task, and writes it.
   *
   * @param mixture a mixture of the manifest's datasets
   * @param target the file to write; one that exists is not overwritten
   * @throws UserException if the mixture has unknown datasets, an input is missing or broken, or
   *     the file cannot be written
   */
  public void run(Mixture mixture, Path target) {
    List<String> known = manifest.datasets().stream().map(Manifest.DatasetEntry::id).toList();
    List<String> unknown =
        mixture.datasets().stream().filter(dataset -> !known.contains(dataset)).toList();
    if (!unknown.isEmpty()) {
      throw UserException.usage(
          "Unknown datasets in the mixture " + mixture + ": " + String.join(", ", unknown),
          manifest.file().toString(),
          "Known: " + String.join(", ", known));
    }
    if (Files.exists(target)) {
      throw UserException.usage(
          "The file exists already", target.toString(), "Choose another, or remove it");
    }
    List<Problem> missing = manifest.missingFiles(Purpose.SEARCHING);
    if (!missing.isEmpty()) {
      throw UserException.input(missing);
    }
    RunPlan plan = RunPlan.of(manifest, configuration);
    JavaSparkContext context = Session.context(spark);
    Broadcast<RunPlan> broadcast = context.broadcast(plan);
    String file = target.toAbsolutePath().toString();
    context.setJobGroup("export", "Export " + mixture, false);
    try {
      context
          .parallelize(List.of(mixture), 1)
          .foreach(exported -> write(broadcast.value(), exported, Path.of(file)));
    } finally {
      context.clearJobGroup();
      broadcast.destroy();
    }
  }

  private static void write(RunPlan plan, Mixture mixture, Path target) {
    ExecutorRuntime.of(plan)
        .onSlot(
            slot -> {
              LiveModel surrogate = slot.merge(mixture);
              SafetensorsWriter.write(
                  target,
                  surrogate.tensors(),
                  Map.of(
                      "merge-to-mix.mixture",
                      mixture.id(),
                      "merge-to-mix.method",
                      plan.method().describe(),
                      "merge-to-mix.run",
                      plan.runId()),
                  surrogate);
              return mixture;
            });
  }
}
