package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.function.Consumer;

/**
 * Parameters as pieces of consecutive elements. DJL reaches the memory of no array of 2 GiB or
 * more, but of every piece that is smaller, and a piece shares the memory of its parameter.
 */
final class ParameterPieces {

  private ParameterPieces() {}

  /**
   * Goes over the pieces, in order; each is closed when it was taken.
   *
   * @param parameter a contiguous array; of another, pieces would be copies
   * @param length elements of a piece, but for the last
   */
  static void forEach(NDArray parameter, int length, Consumer<NDArray> pieces) {
    for (long from = 0; from < parameter.size(); from += length) {
      take(parameter, from, Math.min(parameter.size(), from + length), pieces);
    }
  }

  /** Gives the elements from {@code from} to before {@code to}, in one dimension. */
  static void take(NDArray parameter, long from, long to, Consumer<NDArray> taker) {
    try (NDManager scope = parameter.getManager().newSubManager()) {
      NDArray flat = parameter.reshape(parameter.size());
      flat.attach(scope);
      NDArray piece = flat.get(new NDIndex().addSliceDim(from, to));
      piece.attach(scope);
      taker.accept(piece);
    }
  }
}
