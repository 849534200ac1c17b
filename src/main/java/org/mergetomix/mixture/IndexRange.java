package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Indices of a mixture space, from {@code start} up to but without {@code end}.
 *
 * @param start the first index, 0 or more
 * @param end the index after the last; equal to {@code start} where the range is empty
 */
public record IndexRange(long start, long end) implements Serializable {

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException for a negative start, or an end before the start
   */
  public IndexRange {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("Not a range of indices: " + start + " to " + end);
    }
  }

  /** How many indices there are. */
  public long size() {
    return end - start;
  }

  /**
   * Cuts the range into pieces, in order; the last may be shorter, and an empty range gives none.
   *
   * @param pieceSize how many indices a piece has, 1 or more
   * @throws IllegalArgumentException for a smaller piece
   */
  public List<IndexRange> split(long pieceSize) {
    if (pieceSize < 1) {
      throw new IllegalArgumentException("A piece has at least one index, not " + pieceSize);
    }
    long pieces = size() / pieceSize + (size() % pieceSize == 0 ? 0 : 1);
    return LongStream.range(0, pieces).mapToObj(piece -> piece(piece, pieceSize)).toList();
  }

  private IndexRange piece(long piece, long pieceSize) {
    long from = start + piece * pieceSize;
    return new IndexRange(from, from + Math.min(pieceSize, end - from));
  }
}
