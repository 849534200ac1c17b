package org.mergetomix.merge.sparsify;

import java.util.List;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;

/**
 * Keeps each element with the same probability: the first half of DARE. Reads a delta once.
 *
 * @param density the probability, above 0 and at most 1
 */
public record RandomDrop(double density, Rescale rescale, long seed) implements Sparsifier {

  @Override
  public PreparedDelta prepare(DeltaScan delta) {
    List<TensorPlace> tensors = delta.layout().tensors();
    if (density >= 1 || tensors.isEmpty()) {
      return PreparedDelta.dense(delta.delta());
    }
    MaskBuilder mask = new MaskBuilder(delta.layout());
    for (TensorPlace place : tensors) {
      CounterRandom random = CounterRandom.of(seed, delta.dataset(), place.name());
      mask.begin(place);
      delta.forEach(
          List.of(place),
          (tensor, offset, values, length) -> {
            for (int i = 0; i < length; i++) {
              if (random.uniform(offset + i) < density) {
                mask.keep(values[i]);
              } else {
                mask.drop(values[i]);
              }
            }
          });
      switch (rescale) {
        case BY_PROBABILITY -> mask.end((float) (1 / density));
        case TO_FORMER_NORM -> mask.endWithFormerNorm();
      }
    }
    return mask.build(delta.delta());
  }

  @Override
  public long preparedBytes(Layout layout) {
    return density >= 1 ? 0 : BitMask.bytes(layout.positions());
  }
}
