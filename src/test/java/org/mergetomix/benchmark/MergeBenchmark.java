package org.mergetomix.benchmark;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.Merging;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A neighbouring mixture at 100 M parameters: {@code a+b}, then {@code a+c}, then {@code a+b}
 * again, and so on, so that each costs one addition to the kept sum of {@code a}. Base and deltas
 * are float32 and mapped; parameters are written to memory as to a live model's.
 *
 * <p>{@code neighbour} moves four floats an element with the method average: the delta, the kept
 * sum and the base are read, the parameter is written. {@code copy} moves two. The share of the
 * copy's bandwidth is {@code 2 x copy time / neighbour time}.
 *
 * <pre>mvn -q test-compile exec:exec@benchmark -Dheap=4g -Dargs="MergeBenchmark"</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-XX:MaxDirectMemorySize=8g")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 7, time = 3)
public class MergeBenchmark {

  private static final List<Mixture> NEIGHBOURS =
      List.of(Mixture.subset(List.of("a", "b")), Mixture.subset(List.of("a", "c")));

  /** The merge method. */
  @Param({"average", "ties"})
  public String method;

  private Checkpoint base;
  private final SortedMap<String, Delta> deltas = new TreeMap<>();
  private PrefixMerger merger;
  private FloatMemory parameters;
  private FloatMemory other;
  private int turn;

  /** Writes base and deltas once, opens them, and merges the shared prefix. */
  @Setup
  public void open() {
    SortedMap<String, TensorSpec> tensors = SyntheticModel.tensors(DType.F32, 10, 2441);
    base = Checkpoints.open(SyntheticModel.checkpoint("base", tensors, Map.of()));
    for (String dataset : List.of("a", "b", "c")) {
      deltas.put(
          dataset,
          Delta.open(
              base,
              SyntheticModel.checkpoint(dataset, tensors, Map.of("merge-to-mix.kind", "delta")),
              ExpertPolicy.STRICT));
    }
    SortedMap<String, PreparedExperts.Expert> experts = new TreeMap<>();
    deltas.forEach((id, delta) -> experts.put(id, new PreparedExperts.Expert(id, delta)));
    merger = new PrefixMerger(PreparedExperts.of(base, experts, Merging.method(method)), 1);
    parameters = new FloatMemory(tensors);
    other = new FloatMemory(tensors);
    neighbour();
  }

  /** Closes base and deltas. */
  @TearDown
  public void close() {
    deltas.values().forEach(Delta::close);
    base.close();
  }

  /** The bandwidth to compare with: as many float32 elements as the model has, copied. */
  @Benchmark
  public void copy() {
    other.copyFrom(parameters);
  }

  /** The next of two mixtures that differ in their last dataset. */
  @Benchmark
  public void neighbour() {
    Mixture current = NEIGHBOURS.get(turn);
    turn = 1 - turn;
    merger.merge(current, Optional.of(NEIGHBOURS.get(turn)), parameters);
  }
}
