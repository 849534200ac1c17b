package org.mergetomix.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mergetomix.expert.Contents;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.FullCheckpointDelta;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Merger;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;

/**
 * Shows that experts far larger than the heap are merged, as an export merges them: a base and a
 * full expert of 8 GB in bf16, and six LoRA adapters. Merges 1 mixture, then 3, and prints what
 * each took. What is merged is added up and dropped.
 *
 * <p>Memory must be the same after both, and the expert be read once for each mixture. The files
 * need 17 GB in a directory of their own (default: target/large), are deleted afterwards, and are
 * read from disk again where memory does not hold them.
 *
 * <pre>mvn -q test-compile exec:exec@benchmark -Dheap=1g
 *     -Dbenchmark.main=org.mergetomix.benchmark.LargeExpertCheck -Dargs="DIRECTORY"</pre>
 */
public final class LargeExpertCheck {

  private static final List<String> ADAPTERS = List.of("b", "c", "d", "e", "f", "g");

  /** Writes between two looks at memory. */
  private static final int SAMPLE = 1 << 18;

  private final PrintStream out;
  private final ProcessMemory memory = new ProcessMemory();
  private long writes;
  private double sum;

  private LargeExpertCheck(PrintStream out) {
    this.out = out;
  }

  /** Runs it in a directory that must not exist. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments.length == 0 ? "target/large" : arguments[0]);
    Files.createDirectory(directory);
    try {
      new LargeExpertCheck(System.out).run(directory);
    } finally {
      delete(directory);
    }
  }

  private void run(Path directory) throws IOException {
    long start = System.nanoTime();
    LargeModel.checkpoint(directory.resolve("base"), 1);
    LargeModel.checkpoint(directory.resolve("a"), 2);
    for (String adapter : ADAPTERS) {
      LargeModel.adapter(directory.resolve(adapter), adapter.hashCode());
    }
    report("Files written", start);
    start = System.nanoTime();
    try (CountedCheckpoint base =
            new CountedCheckpoint(Checkpoints.open(directory.resolve("base")));
        CountedCheckpoint expert =
            new CountedCheckpoint(Checkpoints.open(directory.resolve("a")))) {
      SortedMap<String, Delta> deltas = new TreeMap<>();
      deltas.put(
          "a", FullCheckpointDelta.of(base, expert, "a", ExpertPolicy.STRICT, Contents.WHOLE));
      for (String adapter : ADAPTERS) {
        deltas.put(adapter, Delta.open(base, directory.resolve(adapter), ExpertPolicy.STRICT));
      }
      report("Experts checked", start);
      SortedMap<String, PreparedExperts.Expert> prepared = new TreeMap<>();
      deltas.forEach((id, delta) -> prepared.put(id, new PreparedExperts.Expert(id, delta)));
      PreparedExperts experts =
          PreparedExperts.of(base, prepared, MergeMethod.of(MergeSettings.of(Method.AVERAGE), 1));
      merge(experts, expert, List.of("a+b"));
      merge(experts, expert, List.of("a", "a+b+c", "a+b+c+d+e+f+g"));
      deltas.values().forEach(Delta::close);
    }
  }

  private void merge(PreparedExperts experts, CountedCheckpoint expert, List<String> mixtures) {
    long start = System.nanoTime();
    long before = expert.bytesRead();
    sum = 0;
    Merger merger = new PrefixMerger(experts, 0);
    for (String mixture : mixtures) {
      merger.merge(
          Mixture.parse(mixture),
          Optional.empty(),
          (tensor, offset, source, length) -> {
            sum += source[0];
            if (writes++ % SAMPLE == 0) {
              memory.sample();
            }
          });
    }
    report(mixtures.size() + " mixtures merged", start);
    out.printf(
        Locale.ROOT,
        "    the expert of %,d bytes: %,d bytes read (a sum of what was written: %s)%n",
        expert.bytes(),
        expert.bytesRead() - before,
        sum);
  }

  private void report(String what, long start) {
    memory.sample();
    out.printf(Locale.ROOT, "%s in %.0f s; peaks:%n", what, (System.nanoTime() - start) / 1e9);
    out.print(memory.peaks());
    out.flush();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
