package org.mergetomix.merge.sparsify;

import java.util.Arrays;
import java.util.List;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;

/**
 * Keeps elements with a probability that grows with the rank of their magnitude in their row, from
 * {@code density - epsilon} for the smallest to {@code density + epsilon} for the greatest: the
 * first half of DELLA. A row is the innermost dimension; a tensor of one dimension is one row. Of
 * equal magnitudes the first has the lower rank. The only element of a row is kept with probability
 * {@code density}.
 *
 * <p>Where {@code epsilon} would lead below 0 or above 1 it is narrowed to what fits, so that every
 * density has a meaning. Reads a delta once, row by row; a row is sorted on the heap. When elements
 * are divided by their own probability, four bytes are kept for each that is kept.
 *
 * @param density mean probability, above 0 and at most 1
 * @param epsilon from 0
 */
public record RankedRandomDrop(double density, double epsilon, Rescale rescale, long seed)
    implements Sparsifier {

  /** The longest row: sorting it takes eight bytes an element. */
  private static final long LONGEST_ROW = 1 << 25;

  @Override
  public PreparedDelta prepare(DeltaScan delta) {
    List<TensorPlace> tensors = delta.layout().tensors();
    if (density >= 1 || tensors.isEmpty()) {
      return PreparedDelta.dense(delta.delta());
    }
    MaskBuilder mask = new MaskBuilder(delta.layout());
    for (TensorPlace tensor : tensors) {
      mask.begin(tensor);
      prepare(delta, tensor, mask);
      switch (rescale) {
        case BY_PROBABILITY -> mask.end(1f);
        case TO_FORMER_NORM -> mask.endWithFormerNorm();
      }
    }
    return mask.build(delta.delta());
  }

  @Override
  public long preparedBytes(Layout layout) {
    if (density >= 1) {
      return 0;
    }
    long scales =
        switch (rescale) {
          case BY_PROBABILITY -> KeptScales.bytes(mostKept(layout.elements()));
          case TO_FORMER_NORM -> 0;
        };
    return BitMask.bytes(layout.positions()) + scales;
  }

  /** More are kept less often than once in a billion experts. */
  private long mostKept(long elements) {
    double deviation = Math.sqrt(elements * density * (1 - density));
    return Math.min(elements, (long) Math.ceil(elements * density + 6 * deviation));
  }

  private void prepare(DeltaScan delta, TensorPlace tensor, MaskBuilder mask) {
    if (tensor.columns() > LONGEST_ROW) {
      throw UserException.input(
          "A row of %d elements is too long to rank; %d is the limit"
              .formatted(tensor.columns(), LONGEST_ROW),
          "expert of %s, tensor %s".formatted(delta.dataset(), tensor.name()),
          "Choose dare-ties, or another method that does not rank rows");
    }
    CounterRandom random = CounterRandom.of(seed, delta.dataset(), tensor.name());
    int columns = (int) tensor.columns();
    float[] row = new float[columns];
    double[] probabilities = new double[columns];
    for (long offset = 0; offset < tensor.elements(); offset += columns) {
      delta.delta().read(tensor.name(), offset, row, columns);
      rank(row, probabilities);
      for (int i = 0; i < columns; i++) {
        draw(row[i], probabilities[i], random.uniform(offset + i), mask);
      }
    }
  }

  private void draw(float value, double probability, double random, MaskBuilder mask) {
    boolean kept = random < probability;
    switch (rescale) {
      case BY_PROBABILITY -> {
        if (kept) {
          mask.keep(value, (float) (1 / probability));
        } else {
          mask.dropAmongScaled(value);
        }
      }
      case TO_FORMER_NORM -> {
        if (kept) {
          mask.keep(value);
        } else {
          mask.drop(value);
        }
      }
    }
  }

  private void rank(float[] row, double[] probabilities) {
    double spread = Math.min(epsilon, Math.min(density, 1 - density));
    long[] order = new long[row.length];
    for (int i = 0; i < row.length; i++) {
      order[i] = (long) MagnitudeCut.magnitude(row[i]) << Integer.SIZE | i;
    }
    Arrays.sort(order);
    for (int rank = 0; rank < row.length; rank++) {
      double place = row.length == 1 ? 0.5 : (double) rank / (row.length - 1);
      probabilities[(int) order[rank]] = density - spread + 2 * spread * place;
    }
  }
}
