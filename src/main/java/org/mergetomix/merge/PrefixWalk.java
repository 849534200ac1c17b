package org.mergetomix.merge;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.mergetomix.merge.combine.Combination;
import org.mergetomix.merge.combine.Kernel;
import org.mergetomix.merge.combine.LinearKernel;
import org.mergetomix.merge.combine.MergedDelta;
import org.mergetomix.merge.combine.Terms;
import org.mergetomix.merge.sparsify.PreparedDelta;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * Sums mixtures one after the other, each from the longest prefix of the last one that is still
 * kept. Of the prefixes that may be wanted again the longest are kept, as many as there are
 * buffers: going on from them saves most, and a walk in prefix order comes back to them first. One
 * that was dropped is summed again in the same order, so it gets the same bits. One thread opens
 * and closes it; in between, several may sum, each elements of its own.
 */
final class PrefixWalk {

  private final PreparedExperts experts;
  private final Combination combination;
  private final int buffers;

  /** By length, in terms of {@link #terms}. */
  private final NavigableMap<Integer, PrefixSums> kept = new TreeMap<>();

  private final Deque<PrefixSums> free = new ArrayDeque<>();
  private int count;

  // What is being summed, resolved before the first chunk.
  private Terms terms = new Terms(List.of());
  private Kernel kernel = new LinearKernel(1);
  private boolean plainApart;
  private int start;
  private NavigableMap<Integer, PrefixSums> keeping = new TreeMap<>();
  private PrefixSums[] storeAfter = {};
  private PreparedDelta[] deltas = {};

  PrefixWalk(PreparedExperts experts, int buffers) {
    this.experts = experts;
    this.combination = experts.method().combination();
    this.buffers = buffers;
  }

  /**
   * Sets out to sum a mixture.
   *
   * @param useful prefixes up to this length may be wanted again
   */
  void open(Terms next, Kernel arithmetic, int useful) {
    kernel = arithmetic;
    plainApart = experts.method().sumsPlainApart(arithmetic);
    fitSums(experts.method().sums(arithmetic));
    int shared = terms.shared(next);
    kept.tailMap(shared, false).values().forEach(free::push);
    kept.tailMap(shared, false).clear();
    terms = next;
    start = kept.isEmpty() ? 0 : kept.lastKey();
    deltas =
        next.all().stream()
            .map(t -> experts.deltas().get(t.expert()))
            .toArray(PreparedDelta[]::new);
    chooseBuffers(useful);
  }

  /** The sums of another number of arrays are of no use. */
  private void fitSums(int wanted) {
    if (count != wanted) {
      kept.clear();
      free.clear();
      count = wanted;
    }
  }

  /**
   * A buffer that is given to a new prefix may be the one that is gone on from: of every chunk the
   * old sums are loaded before the new ones are stored.
   */
  private void chooseBuffers(int useful) {
    List<Integer> wanted =
        IntStream.rangeClosed(1, useful)
            .filter(length -> length > start || kept.containsKey(length))
            .boxed()
            .toList();
    wanted = wanted.subList(Math.max(0, wanted.size() - buffers), wanted.size());
    keeping = new TreeMap<>();
    PrefixSums origin = start == 0 ? null : kept.get(start);
    for (int length : List.copyOf(kept.keySet())) {
      if (wanted.contains(length)) {
        keeping.put(length, kept.get(length));
      } else {
        free.push(kept.get(length));
      }
    }
    // Until all is summed there is nothing to go on from, should reading fail.
    kept.clear();
    storeAfter = new PrefixSums[terms.size() + 1];
    storeAfter[0] = origin;
    for (int length : wanted) {
      if (length > start) {
        storeAfter[length] = free.isEmpty() ? newSums() : free.pop();
        keeping.put(length, storeAfter[length]);
      }
    }
  }

  private PrefixSums newSums() {
    return new PrefixSums(experts.layout().positions(), count);
  }

  /** Everything was read: what was stored can be gone on from. */
  void close() {
    kept.putAll(keeping);
  }

  /** What one thread sums; another one takes its own. */
  MergedDelta summing() {
    return new Summing(kernel.forAnotherThread());
  }

  private final class Summing implements MergedDelta {

    private final Kernel arithmetic;
    private final float[] delta = new float[Layout.CHUNK];
    private final PreparedDelta.Scratch scratch = new PreparedDelta.Scratch();
    private final float[][] sums = new float[count][Layout.CHUNK];
    private final TensorReader[] readers = new TensorReader[deltas.length];
    private final float[] weights = new float[deltas.length];

    Summing(Kernel arithmetic) {
      this.arithmetic = arithmetic;
    }

    @Override
    public void begin(TensorPlace tensor) {
      // What comes before is in the sums that are gone on from.
      for (int i = start; i < weights.length; i++) {
        readers[i] = deltas[i].reader(tensor);
        weights[i] = combination.weight(terms.get(i), experts.products(), tensor);
      }
    }

    @Override
    public void addTo(float[] target, TensorPlace tensor, long offset, float factor, int length) {
      long position = tensor.start() + offset;
      if (start == 0) {
        for (float[] sum : sums) {
          Arrays.fill(sum, 0, length, 0f);
        }
      } else {
        storeAfter[0].load(position, sums, length);
      }
      for (int i = start; i < deltas.length; i++) {
        readers[i].read(offset, delta, length);
        if (plainApart) {
          LinearKernel.add(sums[sums.length - 1], delta, terms.get(i).weight(), length);
        }
        deltas[i].sparsify(tensor, offset, delta, scratch, length);
        arithmetic.accumulate(sums, delta, weights[i], length);
        if (storeAfter[i + 1] != null) {
          storeAfter[i + 1].store(position, sums, length);
        }
      }
      arithmetic.finish(sums, factor, target, length);
    }

    @Override
    public void readPlainSum(TensorPlace tensor, long offset, float[] sum, int length) {
      System.arraycopy(sums[plainApart ? sums.length - 1 : 0], 0, sum, 0, length);
    }
  }
}
