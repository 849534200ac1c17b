package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Texts of different lengths as the rows of one array. */
final class TokenRows {

  private TokenRows() {}

  /**
   * Makes int64 [texts, length].
   *
   * @param length at least that of the longest
   * @param padding what the rows are filled up with
   */
  static NDArray of(NDManager scope, List<int[]> texts, int length, Side side, int padding) {
    long[] rows = new long[texts.size() * length];
    for (int row = 0; row < texts.size(); row++) {
      int[] text = texts.get(row);
      int first = side == Side.LEFT ? length - text.length : 0;
      for (int at = 0; at < length; at++) {
        boolean inside = at >= first && at < first + text.length;
        rows[row * length + at] = inside ? text[at - first] : padding;
      }
    }
    return scope.create(rows, new Shape(texts.size(), length));
  }

  /** Where rows are filled up. */
  enum Side {
    LEFT,
    RIGHT
  }
}
