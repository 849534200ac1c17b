package org.mergetomix.checkpoint;

import java.util.List;

/**
 * The product of a tall and a wide matrix times a factor, of which any range of elements can be
 * read without the rest being there: {@code scale · Σ_k left(row, k) · right(k, column)}, summed in
 * float32 over ascending k. An element has the same bits whatever range it is read with.
 *
 * <p><b>Cost.</b> An element costs as many multiplications and additions as the rank. A read keeps
 * at most two blocks of factors, of 4 MiB together with their copies in the worst case, and widens
 * the wide matrix again for every 16384 elements or fewer.
 */
final class LowRankProduct {

  /** Elements worked on at a time. */
  private static final int PIECE = 1 << 14;

  /** Elements of a factor that are held at a time. */
  private static final int BLOCK = 1 << 20;

  private final Factor left;
  private final Factor right;
  private final int rank;
  private final long columns;
  private final float scale;
  private final int piece;

  /**
   * A product.
   *
   * @param left a vector of {@code rank} numbers for each row
   * @param right a vector of {@code rank} numbers for each column
   * @param columns how many columns the product has
   */
  LowRankProduct(Factor left, Factor right, int rank, long columns, float scale) {
    this.left = left;
    this.right = right;
    this.rank = rank;
    this.columns = columns;
    this.scale = scale;
    this.piece = Math.max(1, Math.min(PIECE, BLOCK / rank));
  }

  /** Reads elements in row-major order; the range is within the product. */
  void read(long offset, float[] destination, int length) {
    int done = 0;
    while (done < length) {
      long start = offset + done;
      int count = Math.min(piece, length - done);
      if (columns > piece) {
        // A piece within one row needs only some columns.
        count = (int) Math.min(count, columns - start % columns);
      }
      readPiece(start, destination, done, count);
      done += count;
    }
  }

  private void readPiece(long start, float[] destination, int at, int count) {
    long firstRow = start / columns;
    long lastRow = (start + count - 1) / columns;
    int rows = (int) (lastRow - firstRow + 1);
    long firstColumn = rows == 1 ? start % columns : 0;
    int width = rows == 1 ? count : (int) columns;
    float[] lefts = left.block(firstRow, rows, rank);
    float[] rights = right.block(firstColumn, width, rank);
    int done = 0;
    while (done < count) {
      long element = start + done;
      int row = (int) (element / columns - firstRow);
      int column = (int) (element % columns - firstColumn);
      int run = Math.min(count - done, width - column);
      for (int i = 0; i < run; i++) {
        destination[at + done + i] = 0f;
      }
      for (int k = 0; k < rank; k++) {
        float factor = lefts[k * rows + row];
        int from = k * width + column;
        for (int i = 0; i < run; i++) {
          destination[at + done + i] += factor * rights[from + i];
        }
      }
      for (int i = 0; i < run; i++) {
        destination[at + done + i] *= scale;
      }
      done += run;
    }
  }

  /** One of the two matrices: vectors as long as the rank. */
  sealed interface Factor {

    /**
     * Reads some of the vectors.
     *
     * @return {@code rank × count} numbers; those of one rank lie together
     */
    float[] block(long first, int count, int rank);
  }

  /**
   * A stored matrix with a row for each rank, as A is.
   *
   * @param width the length of a row
   */
  record RankByRow(Checkpoint adapter, String tensor, long width) implements Factor {

    @Override
    public float[] block(long first, int count, int rank) {
      float[] block = new float[rank * count];
      float[] row = new float[count];
      for (int k = 0; k < rank; k++) {
        adapter.read(tensor, k * width + first, row, count);
        System.arraycopy(row, 0, block, k * count, count);
      }
      return block;
    }
  }

  /** A stored matrix with a column for each rank, as B is. */
  record RankByColumn(Checkpoint adapter, String tensor) implements Factor {

    @Override
    public float[] block(long first, int count, int rank) {
      float[] stored = new float[rank * count];
      adapter.read(tensor, first * rank, stored, stored.length);
      float[] block = new float[stored.length];
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < rank; k++) {
          block[k * count + i] = stored[i * rank + k];
        }
      }
      return block;
    }
  }

  /** The product of all numbers but the first: the length of a row of a tensor. */
  static long rowLength(List<Long> shape) {
    return shape.stream().skip(1).reduce(1L, (left, right) -> left * right);
  }
}
