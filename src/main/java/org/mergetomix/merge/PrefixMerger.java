package org.mergetomix.merge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.mergetomix.checkpoint.Checkpoint;
import org.mergetomix.checkpoint.Delta;
import org.mergetomix.checkpoint.TensorSink;
import org.mergetomix.checkpoint.TensorSpec;
import org.mergetomix.mixture.Mixture;

/**
 * Merges one mixture after the other, sharing the work of common prefixes.
 *
 * <p>The sums of up to {@code buffers} prefixes of the last mixture are kept. A mixture that begins
 * with the same datasets in the same weights starts from the longest of them; what is beyond the
 * buffers is summed again. Every element's sum is built in the same order either way, so the result
 * does not depend on what was merged before. One thread at a time; the deltas and the base may be
 * shared with other mergers.
 */
public final class PrefixMerger {

  /** Elements worked on at a time: small enough that sums and deltas stay in the cache. */
  private static final int CHUNK = 8192;

  private final Checkpoint base;
  private final Map<String, Delta> deltas;
  private final MergeMethod method;
  private final int buffers;

  private final List<Prefix> kept = new ArrayList<>();
  private final Deque<PrefixSums> free = new ArrayDeque<>();
  private final float[][] sums;
  private final float[] delta = new float[CHUNK];
  private final float[] parameters = new float[CHUNK];
  private long additions;

  /**
   * A merger over the experts of a run.
   *
   * @param base the base model; not closed here
   * @param deltas the delta of every dataset, by id; not closed here
   * @param buffers how many prefixes may be kept, at least 1; each is as large as the base in
   *     float32, times the sums of the method
   */
  public PrefixMerger(Checkpoint base, Map<String, Delta> deltas, MergeMethod method, int buffers) {
    this.base = base;
    this.deltas = Map.copyOf(deltas);
    this.method = method;
    this.buffers = buffers;
    this.sums = new float[method.sums()][CHUNK];
  }

  /** Writes the surrogate of a mixture of known datasets into {@code target}. */
  public void merge(Mixture mixture, TensorSink target) {
    List<Term> terms =
        mixture.datasets().stream()
            .map(dataset -> new Term(dataset, (float) mixture.mergeWeight(dataset)))
            .toList();
    dropBeyond(sharedPrefix(terms));
    int start = kept.size();
    int keep = Math.min(buffers, terms.size());
    List<PrefixSums> stores = new ArrayList<>();
    for (int i = start; i < keep; i++) {
      stores.add(free.isEmpty() ? new PrefixSums(base.tensors(), method.sums()) : free.pop());
    }
    float totalWeight = 0;
    for (Term term : terms) {
      totalWeight += term.weight();
    }
    for (TensorSpec tensor : base.tensors().values()) {
      for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
        int length = (int) Math.min(CHUNK, tensor.elements() - offset);
        mergeChunk(tensor.name(), offset, length, terms.subList(start, terms.size()), stores);
        base.read(tensor.name(), offset, parameters, length);
        method.finish(sums, totalWeight, parameters, length);
        target.write(tensor.name(), offset, parameters, length);
      }
    }
    for (int i = 0; i < stores.size(); i++) {
      kept.add(new Prefix(terms.get(start + i), stores.get(i)));
    }
    additions += terms.size() - start;
  }

  /** How many times a delta was added to all parameters, since the beginning. */
  public long additions() {
    return additions;
  }

  private void mergeChunk(
      String tensor, long offset, int length, List<Term> terms, List<PrefixSums> stores) {
    if (kept.isEmpty()) {
      for (float[] sum : sums) {
        Arrays.fill(sum, 0, length, 0f);
      }
    } else {
      kept.get(kept.size() - 1).sums().load(tensor, offset, sums, length);
    }
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      deltas.get(term.dataset()).read(tensor, offset, delta, length);
      method.accumulate(sums, delta, term.weight(), length);
      if (i < stores.size()) {
        stores.get(i).store(tensor, offset, sums, length);
      }
    }
  }

  private int sharedPrefix(List<Term> terms) {
    int shared = 0;
    while (shared < kept.size()
        && shared < terms.size()
        && kept.get(shared).last().equals(terms.get(shared))) {
      shared++;
    }
    return shared;
  }

  private void dropBeyond(int length) {
    while (kept.size() > length) {
      free.push(kept.remove(kept.size() - 1).sums());
    }
  }

  /** A dataset with its weight in a mixture. */
  private record Term(String dataset, float weight) {}

  /** A kept prefix: its last term (the ones before it are kept too) and its sums. */
  private record Prefix(Term last, PrefixSums sums) {}
}
