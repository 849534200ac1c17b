package org.mergetomix.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
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

/**
 * One mixture of a billion parameters, {@code a+b} by average, merged by several numbers of threads
 * in turn, and beside it a plain copy of a tenth of its float32 elements by one thread. Base and
 * experts are whole checkpoints in bfloat16, mapped; no sums are kept; float32 parameters are
 * written to memory as to a live model's.
 *
 * <p>A merge moves 10 bytes an element: three that are read in 2 each, one that is written in 4; a
 * copy moves 8. On a machine that is not idle look at the CPU time. Takes 11 GB of memory, mapped
 * files among them, and 6 GB of disk under target/benchmark. Arguments: rounds, of which the first
 * is not counted, and then numbers of threads.
 *
 * <pre>
 * mvn -q test-compile exec:exec@benchmark -Dheap=5g \\
 *   -Dbenchmark.main=org.mergetomix.benchmark.LargeMixtureBenchmark -Dargs="6 1 2"
 * </pre>
 */
public final class LargeMixtureBenchmark {

  private static final int ROWS = 2441;

  private static final int MERGED = 10;
  private static final int COPIED = 8;

  private LargeMixtureBenchmark() {}

  /** Prints a line for each number of threads and one for the copy. */
  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    List<Integer> threads = Arrays.stream(arguments).skip(1).map(Integer::valueOf).toList();
    SortedMap<String, TensorSpec> tensors = SyntheticModel.tensors(DType.BF16, 100, ROWS);
    try (Checkpoint base =
            Checkpoints.open(SyntheticModel.checkpoint("large-base", tensors, Map.of()));
        Delta a = expert(base, "large-a", tensors);
        Delta b = expert(base, "large-b", tensors)) {
      PreparedExperts experts =
          PreparedExperts.of(
              base,
              Map.of(
                  "a", new PreparedExperts.Expert("a", a), "b", new PreparedExperts.Expert("b", b)),
              Merging.method("average"));
      measure(rounds, threads, experts, tensors);
    }
  }

  private static Delta expert(Checkpoint base, String name, SortedMap<String, TensorSpec> tensors) {
    return Delta.open(
        base, SyntheticModel.checkpoint(name, tensors, Map.of()), ExpertPolicy.STRICT);
  }

  private static void measure(
      int rounds,
      List<Integer> threads,
      PreparedExperts experts,
      SortedMap<String, TensorSpec> tensors) {
    FloatMemory parameters = new FloatMemory(tensors);
    SortedMap<String, TensorSpec> tenth = SyntheticModel.tensors(DType.BF16, 10, ROWS);
    FloatMemory copy = new FloatMemory(tenth);
    SortedMap<Integer, List<Time>> merging = new TreeMap<>();
    List<Time> copying = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (int count : threads) {
        PrefixMerger merger = new PrefixMerger(experts, 0, count);
        Time time = time(() -> merger.merge(Mixture.parse("a+b"), Optional.empty(), parameters));
        if (round > 0) {
          merging.computeIfAbsent(count, none -> new ArrayList<>()).add(time);
        }
      }
      Time time = time(() -> copy.copyFrom(parameters));
      if (round > 0) {
        copying.add(time);
      }
    }
    long merged = SyntheticModel.elements(tensors) * MERGED;
    merging.forEach((count, times) -> print(count + " threads", times, merged));
    print("copy", copying, SyntheticModel.elements(tenth) * COPIED);
  }

  /** Of one merge or copy: as it took, and what all threads of this process worked. */
  private record Time(double seconds, double worked) {}

  private static Time time(Runnable work) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long start = System.nanoTime();
    long before = system.getProcessCpuTime();
    work.run();
    return new Time((System.nanoTime() - start) / 1e9, (system.getProcessCpuTime() - before) / 1e9);
  }

  private static double median(List<Time> times, ToDoubleFunction<Time> figure) {
    double[] sorted = times.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void print(String what, List<Time> times, long bytes) {
    double seconds = median(times, Time::seconds);
    double worked = median(times, Time::worked);
    System.out.printf(
        Locale.ROOT,
        "%-10s median %.3f s, %.2f GB/s; %.3f s of CPU time, %.2f GB/s of it%n",
        what,
        seconds,
        bytes / seconds / 1e9,
        worked,
        bytes / worked / 1e9);
  }
}
