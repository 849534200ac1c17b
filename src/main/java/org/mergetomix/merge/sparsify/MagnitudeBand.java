package org.mergetomix.merge.sparsify;

import java.util.List;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;

/**
 * Keeps elements of great magnitude, but for the very greatest: of {@code n} elements the {@code
 * gamma × n} greatest are dropped as outliers and the {@code density × n} that follow are kept,
 * both rounded down, and at least one. Where both do not fit, fewer outliers are dropped. Of equal
 * magnitudes the first is the greatest. Without outliers, this is the trimming of TIES.
 *
 * <p>Reads a delta three times.
 *
 * @param density share that is kept, above 0 and at most 1
 * @param gamma share of outliers, from 0
 * @param scope what {@code n} is counted over
 */
public record MagnitudeBand(double density, double gamma, Scope scope) implements Sparsifier {

  /** What elements compete with. */
  public enum Scope {
    /** The others of their tensor. */
    TENSOR,
    /** All others of the delta. */
    MODEL
  }

  @Override
  public PreparedDelta prepare(DeltaScan delta) {
    List<TensorPlace> tensors = delta.layout().tensors();
    if (density >= 1 || tensors.isEmpty()) {
      return PreparedDelta.dense(delta.delta());
    }
    MaskBuilder mask = new MaskBuilder(delta.layout());
    switch (scope) {
      case MODEL -> keepBand(delta, tensors, delta.layout().elements(), mask);
      case TENSOR ->
          tensors.forEach(tensor -> keepBand(delta, List.of(tensor), tensor.elements(), mask));
    }
    return mask.build(delta.delta());
  }

  @Override
  public long preparedBytes(Layout layout) {
    return density >= 1 ? 0 : BitMask.bytes(layout.positions());
  }

  private void keepBand(
      DeltaScan delta, List<TensorPlace> tensors, long elements, MaskBuilder mask) {
    long kept = Math.max(1, (long) (density * elements));
    long outliers = Math.min((long) (gamma * elements), elements - kept);
    MagnitudeCut[] cuts =
        MagnitudeCut.find(MagnitudeCut.of(delta, tensors), () -> outliers, () -> outliers + kept);
    delta.forEach(
        tensors,
        (tensor, offset, values, length) -> {
          if (offset == 0) {
            mask.begin(tensor);
          }
          for (int i = 0; i < length; i++) {
            int magnitude = MagnitudeCut.magnitude(values[i]);
            boolean outlier = cuts[0].admits(magnitude);
            if (cuts[1].admits(magnitude) && !outlier) {
              mask.keep(values[i]);
            } else {
              mask.drop(values[i]);
            }
          }
          if (offset + length == tensor.elements()) {
            mask.end(1f);
          }
        });
  }
}
