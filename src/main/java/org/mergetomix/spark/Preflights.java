package org.mergetomix.spark;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.NonFiniteTensors;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.TiedNames;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.preflight.PreflightSums;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

/**
 * Measures the experts before they are merged, as a job of its own: each task reads some of the
 * tensors of all experts, once.
 */
final class Preflights {

  private Preflights() {}

  /** Of a run, on executors that have its experts open anyway. */
  static Preflight ofRun(JavaSparkContext context, Broadcast<RunPlan> plan) {
    int parts = context.defaultParallelism();
    List<PreflightSums> sums =
        measure(
            context,
            part -> {
              try (SlotLease lease = ExecutorRuntime.lease(plan.value())) {
                return lease.withRuntime(runtime -> runtime.preflight(part, parts));
              }
            });
    // An expert's mixtures fail one by one, and others may be ranked; a base's would all fail.
    Optional.ofNullable(Preflight.notNumbers(sums).get(NonFiniteTensors.BASE))
        .ifPresent(
            base -> {
              throw UserException.input(List.of(base));
            });
    return Preflight.of(sums);
  }

  /**
   * Of the experts of some datasets, without a run; their files exist.
   *
   * @throws UserException naming the tensor of the base and of every expert that is NaN or infinite
   */
  static Preflight ofFiles(
      JavaSparkContext context,
      InputAccess access,
      Manifest manifest,
      List<Manifest.DatasetEntry> datasets) {
    if (datasets.isEmpty()) {
      return Preflight.NONE;
    }
    int parts = context.defaultParallelism();
    Location base = manifest.base().checkpoint();
    Map<String, Location> locations = new TreeMap<>();
    Map<String, ExpertPolicy> policies = new TreeMap<>();
    List<TiedNames> tied;
    try (InputFiles files = access.open()) {
      BaseModel known = BaseModel.toMerge(files, manifest);
      tied = known.tied();
      for (Manifest.DatasetEntry dataset : datasets) {
        locations.put(dataset.id(), dataset.expert());
        policies.put(dataset.id(), known.policy(dataset.policy()));
      }
    }
    List<PreflightSums> sums =
        measure(context, part -> sums(access, base, tied, locations, policies, part, parts));
    UserException.inputIfAny(List.copyOf(Preflight.notNumbers(sums).values()));
    return Preflight.of(sums);
  }

  private static PreflightSums sums(
      InputAccess access,
      Location baseLocation,
      List<TiedNames> tied,
      Map<String, Location> locations,
      Map<String, ExpertPolicy> policies,
      int part,
      int parts) {
    try (InputFiles files = access.open()) {
      Map<String, Delta> deltas = new TreeMap<>();
      try (Checkpoint base =
          TiedCheckpoint.of(BaseCheckpoint.open(files.fetch(baseLocation, "")), tied)) {
        locations.forEach(
            (id, expert) ->
                deltas.put(id, Delta.open(base, files.fetch(expert, ""), policies.get(id))));
        return PreflightSums.of(base, deltas, part, parts);
      } catch (UserException problems) {
        throw files.named(problems);
      } finally {
        deltas.values().forEach(Delta::close);
      }
    }
  }

  private static List<PreflightSums> measure(
      JavaSparkContext context, Function<Integer, PreflightSums> sums) {
    context.setJobGroup("preflight", "Measure how far the experts moved", false);
    int parts = context.defaultParallelism();
    List<Integer> all = IntStream.range(0, parts).boxed().toList();
    return context.parallelize(all, parts).map(sums).collect();
  }
}
