package org.mergetomix.spark;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.executor.DeviceChoice;
import org.mergetomix.executor.NativeThreads;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.NativeSettings;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.table.PreflightRecord;
import org.mergetomix.table.RunRecord;

/** Begins run records. */
final class RunRecords {

  private RunRecords() {}

  /** The record of a run that is about to start. */
  static RunRecord begin(SparkSession spark, RunPlan plan, Configuration configuration) {
    String now = Instant.now().toString();
    SortedMap<String, Double> weights = new TreeMap<>();
    plan.tasks().forEach(task -> weights.put(task.id(), task.weight()));
    return new RunRecord(
        RunRecord.FORMAT,
        plan.runId(),
        RunRecord.State.SEARCHING,
        plan.identity(),
        plan.inputs(),
        configuration.asMap(),
        versions(spark),
        List.copyOf(plan.experts().keySet()),
        LanguageModelling.DIRECTION,
        LanguageModelling.UNIT,
        weights,
        new RunRecord.Counts(plan.space().size(), 0, 0, 0),
        new RunRecord.Seconds(0, 0, 0, 0),
        now,
        now,
        PreflightRecord.NONE,
        new TreeMap<>(),
        "",
        new TreeMap<>(),
        List.of());
  }

  private static SortedMap<String, String> versions(SparkSession spark) {
    SortedMap<String, String> versions = new TreeMap<>();
    versions.put("merge-to-mix", Release.version());
    versions.put("spark", spark.version());
    versions.putAll(ofExecutors(spark));
    versions.put("java", Runtime.version().toString());
    versions.put("processor", System.getProperty("os.arch"));
    return versions;
  }

  /** Asked of an executor, since the driver of a shared cluster should not load native code. */
  private static Map<String, String> ofExecutors(SparkSession spark) {
    return Session.context(spark)
        .parallelize(List.of(0), 1)
        .map(one -> ofThisExecutor(DeviceChoice.given()))
        .first();
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
