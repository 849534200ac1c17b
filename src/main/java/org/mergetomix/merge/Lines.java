package org.mergetomix.merge;

import java.util.stream.Collectors;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Layout;

/**
 * LiNeS: a delta grows with its layer, since early layers are better left as the base has them. In
 * layer {@code l} of {@code L} it is multiplied by {@code alpha + beta × l / (L - 1)}, outside of
 * layers by {@code alpha}; the only layer of a stack counts as its last.
 *
 * @param alpha NaN: {@code shrinking / N}, so that the merged delta has the mean norm of those that
 *     were merged
 * @param beta NaN: what is missing from {@code alpha} to 1, or 0
 */
record Lines(double alpha, double beta) implements LayerScaling {

  @Override
  public boolean needsNorms() {
    return Double.isNaN(alpha);
  }

  @Override
  public double[] factors(Layout layout, double shrinking, int experts) {
    double first = needsNorms() ? shrinking / experts : alpha;
    double growth = Double.isNaN(beta) ? Math.max(0, 1 - first) : beta;
    return LayerDepths.of(layout.tensors()).stream()
        .mapToDouble(depth -> first + growth * depth)
        .toArray();
  }

  @Override
  public void check(Layout layout) {
    if (LayerDepths.layers(layout.tensors()) == 0) {
      throw UserException.usage(
          "LiNeS scales layers, but no tensor of the base is named as in a layer, which is one of "
              + LayerDepths.WORDS.stream()
                  .map(word -> word + ".0.")
                  .collect(Collectors.joining(" ")),
          "merge.lines.scaling",
          "Set it to none");
    }
  }
}
