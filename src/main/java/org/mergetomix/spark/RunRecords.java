package org.mergetomix.spark;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.DeviceChoice;
import org.mergetomix.executor.NativeThreads;
import org.mergetomix.hocon.Choice;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.NativeSettings;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.table.RunRecord;

/** Begins run records, and says what goes into them. */
final class RunRecords {

  private RunRecords() {}

  /** The record of a run that is about to start. */
  static RunRecord begin(
      SparkSession spark, RunPlan plan, Manifest manifest, Configuration configuration) {
    return RunRecord.begun(
        Instant.now().toString(),
        new RunRecord.Run(
            plan.runId(), plan.identity(), List.copyOf(plan.experts().keySet()), plan.inputs()),
        new RunRecord.Start(configuration.asMap(), versions(spark, plan), manifest.baselines()));
  }

  /**
   * What is recorded of a model of the scores.
   *
   * @param ridge R² of ridge regression, where it was fitted
   */
  static RunRecord.Surface surface(ScoreModel model, OptionalDouble ridge) {
    SortedMap<String, Double> rivals = new TreeMap<>(model.rivals());
    ridge.ifPresent(explained -> rivals.put(RidgeRival.NAME, explained));
    SortedMap<String, RunRecord.Gain> gains = new TreeMap<>();
    model
        .gains()
        .forEach(
            gain ->
                gains.put(gain.dataset(), new RunRecord.Gain(gain.shapley(), gain.mainEffect())));
    return new RunRecord.Surface(
        model.surface(),
        model.mixtures(),
        model.explained(),
        rivals,
        Choice.name(model.basis()),
        gains);
  }

  private static SortedMap<String, String> versions(SparkSession spark, RunPlan plan) {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("merge-to-mix", Release.version());
    versions.put("spark", spark.version());
    versions.putAll(ofEngine(spark, plan.model()));
    versions.put("java", Runtime.version().toString());
    versions.put("processor", System.getProperty("os.arch"));
    return versions;
  }

  private static Map<String, String> ofEngine(SparkSession spark, ModelInput model) {
    if (!(model instanceof ModelInput.OfWorker worker)) {
      return ofExecutors(spark);
    }
    SortedMap<String, String> versions = new TreeMap<>();
    worker.versions().forEach((name, version) -> versions.put("worker " + name, version));
    if (!worker.warnings().isEmpty()) {
      versions.put("worker warnings", String.join("; ", worker.warnings()));
    }
    versions.put("engine", "worker");
    return versions;
  }

  /** Asked of an executor, since the driver of a shared cluster should not load native code. */
  private static Map<String, String> ofExecutors(SparkSession spark) {
    JavaSparkContext context = Session.context(spark);
    context.setJobGroup("versions", "Ask an executor for its versions", false);
    try {
      return context
          .parallelize(List.of(0), 1)
          .map(one -> ofThisExecutor(DeviceChoice.given()))
          .first();
    } finally {
      context.clearJobGroup();
    }
  }

  private static Map<String, String> ofThisExecutor(ComputeDevice given) {
    return NativeThreads.call(
        () ->
            Map.of(
                "engine",
                NativeSettings.engineVersion(),
                RunRecord.DEVICE,
                DeviceChoice.usable(given).kind()));
  }
}
