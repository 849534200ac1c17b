package org.mergetomix.merge;

import java.util.Arrays;
import java.util.Optional;
import org.mergetomix.merge.sparsify.MagnitudeCut;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * SCE where what is selected, or how it is weighed, depends on the whole mixture, so that no sums
 * can be shared. A tensor is gone over four times, each time in the same order: two passes find the
 * cut among the variances, one computes the experts' weights, and the last one merges. Each reads
 * the delta of every dataset of the mixture. Without a selection only the last two are needed.
 *
 * <p>Where no element varies there is nothing to choose between, and all are selected; otherwise at
 * least one is. One thread.
 */
final class SelectedDelta implements MergedDelta {

  /** Where mean squares sum to less than this, mergekit gives all experts the same weight. */
  private static final double MERGEKIT_SMALLEST = 1e-6;

  private final PreparedExperts experts;
  private final SelectCalculateErase method;
  private final Terms terms;
  private final Kernel kernel;
  private final TensorReader[] readers;
  private final float[][] deltas;
  private final float[] variances = new float[Layout.CHUNK];
  private final float[][] sums;
  private final float[] weights;

  private long varying;
  private Optional<MagnitudeCut> selection = Optional.empty();

  SelectedDelta(PreparedExperts experts, SelectCalculateErase method, Terms terms) {
    this.experts = experts;
    this.method = method;
    this.terms = terms;
    this.kernel = method.kernel(terms);
    this.readers = new TensorReader[terms.size()];
    this.deltas = new float[terms.size()][Layout.CHUNK];
    this.sums = new float[kernel.sums()][Layout.CHUNK];
    this.weights = new float[terms.size()];
  }

  /** How many times each delta of the mixture is read. */
  int passes() {
    return selects() ? 4 : 2;
  }

  private boolean selects() {
    return method.topK() < 1 && terms.size() > 1;
  }

  @Override
  public void begin(TensorPlace tensor) {
    for (int i = 0; i < readers.length; i++) {
      readers[i] = experts.delta(terms.get(i).expert()).reader(tensor);
    }
    Optional<MagnitudeCut> cut = selects() ? cut(tensor) : Optional.empty();
    selection = cut.map(MagnitudeCut::fromTheStart);
    double[] squares = new double[terms.size()];
    for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
      int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
      readSelected(offset, length);
      for (int i = 0; i < squares.length; i++) {
        squares[i] += InnerProducts.dot(deltas[i], deltas[i], length);
      }
    }
    weigh(squares, tensor.elements());
    selection = cut.map(MagnitudeCut::fromTheStart);
  }

  private Optional<MagnitudeCut> cut(TensorPlace tensor) {
    varying = 0;
    MagnitudeCut[] cut =
        MagnitudeCut.find(
            counter -> {
              for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
                int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
                readAll(offset, length);
                computeVariances(length);
                counter.count(variances, length);
              }
            },
            () -> Math.max(Math.min(varying, 1), (long) (method.topK() * varying)));
    return varying == 0 ? Optional.empty() : Optional.of(cut[0]);
  }

  private void weigh(double[] squares, long elements) {
    double sum = Arrays.stream(squares).sum() / elements;
    boolean equal = method.mode() == Mode.MERGEKIT && sum < MERGEKIT_SMALLEST;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (terms.get(i).weight() * (equal ? 1 : squares[i] / elements));
    }
  }

  @Override
  public void addTo(float[] target, TensorPlace tensor, long offset, float factor, int length) {
    readSelected(offset, length);
    for (float[] sum : sums) {
      Arrays.fill(sum, 0, length, 0f);
    }
    for (int i = 0; i < deltas.length; i++) {
      kernel.accumulate(sums, deltas[i], weights[i], length);
    }
    kernel.finish(sums, factor, target, length);
  }

  @Override
  public void readPlainSum(TensorPlace tensor, long offset, float[] sum, int length) {
    readAll(offset, length);
    Arrays.fill(sum, 0, length, 0f);
    for (int i = 0; i < deltas.length; i++) {
      LinearKernel.add(sum, deltas[i], terms.get(i).weight(), length);
    }
  }

  private void readAll(long offset, int length) {
    for (int i = 0; i < deltas.length; i++) {
      readers[i].read(offset, deltas[i], length);
    }
  }

  private void readSelected(long offset, int length) {
    readAll(offset, length);
    if (selection.isEmpty()) {
      return;
    }
    computeVariances(length);
    MagnitudeCut cut = selection.get();
    for (int e = 0; e < length; e++) {
      if (!cut.admits(MagnitudeCut.magnitude(variances[e]))) {
        for (float[] delta : deltas) {
          delta[e] = 0;
        }
      }
    }
  }

  private void computeVariances(int length) {
    int size = deltas.length;
    for (int e = 0; e < length; e++) {
      double mean = 0;
      for (float[] delta : deltas) {
        mean += delta[e];
      }
      mean /= size;
      double squares = 0;
      for (float[] delta : deltas) {
        squares += (delta[e] - mean) * (delta[e] - mean);
      }
      variances[e] = (float) (squares / size);
      varying += variances[e] == 0 ? 0 : 1;
    }
  }
}
