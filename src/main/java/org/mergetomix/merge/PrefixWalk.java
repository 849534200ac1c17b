package org.mergetomix.merge;

import java.util.Arrays;
import java.util.List;
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
 * kept. One that was dropped is summed again in the same order, so it gets the same bits. One
 * thread opens and closes it; in between, several may sum, each elements of its own.
 */
final class PrefixWalk {

  private final PreparedExperts experts;
  private final Combination combination;
  private final KeptPrefixes<PrefixSums> prefixes;
  private int count;

  // What is being summed, resolved before the first chunk.
  private Terms terms = new Terms(List.of());
  private Kernel kernel = new LinearKernel(1);
  private boolean plainApart;
  private PrefixSums[] storeAfter = {};
  private PreparedDelta[] deltas = {};

  PrefixWalk(PreparedExperts experts, int buffers) {
    this.experts = experts;
    this.combination = experts.method().combination();
    this.prefixes = new KeptPrefixes<>(buffers);
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
    terms = next;
    deltas =
        next.all().stream()
            .map(t -> experts.deltas().get(t.expert()))
            .toArray(PreparedDelta[]::new);
    prefixes.open(next, useful, this::newSums);
    storeAfter =
        IntStream.rangeClosed(0, next.size())
            .mapToObj(length -> prefixes.storeAfter(length).orElse(null))
            .toArray(PrefixSums[]::new);
  }

  /** The sums of another number of arrays are of no use. */
  private void fitSums(int wanted) {
    if (count != wanted) {
      prefixes.clear();
      count = wanted;
    }
  }

  private PrefixSums newSums() {
    return new PrefixSums(experts.layout().positions(), count);
  }

  /** Everything was read: what was stored can be gone on from. */
  void close() {
    prefixes.close();
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
      for (int i = prefixes.start(); i < weights.length; i++) {
        readers[i] = deltas[i].reader(tensor);
        weights[i] = combination.weight(terms.get(i), experts.products(), tensor);
      }
    }

    @Override
    public void addTo(float[] target, TensorPlace tensor, long offset, float factor, int length) {
      long position = tensor.start() + offset;
      if (prefixes.start() == 0) {
        for (float[] sum : sums) {
          Arrays.fill(sum, 0, length, 0f);
        }
      } else {
        storeAfter[0].load(position, sums, length);
      }
      for (int i = prefixes.start(); i < deltas.length; i++) {
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
