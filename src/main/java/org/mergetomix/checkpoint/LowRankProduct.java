package org.mergetomix.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * The product of a tall and a wide matrix times a factor, of which any range of elements can be
 * read without the rest being there: {@code scale · Σ_k left(row, k) · right(k, column)}, summed in
 * float32 over ascending k. An element has the same bits whatever range it is read with.
 *
 * <p><b>Cost.</b> An element costs as many multiplications and additions as the rank, each time it
 * is read: the whole product would take as much memory as the tensor, for every adapter. So that
 * little else is done, a reader keeps what it widened: the wide matrix, up to 4 MiB of it, and the
 * next rows of the tall one. Reading from front to back widens each once, unless the wide one is
 * larger.
 */
final class LowRankProduct {

  /** Numbers of the wide matrix that a reader keeps. */
  private static final int WIDE = 1 << 20;

  /** Numbers of the tall matrix that a reader keeps. */
  private static final int TALL = 1 << 16;

  private final Factor left;
  private final Factor right;
  private final int rank;
  private final long rows;
  private final long columns;
  private final float scale;

  /**
   * A product.
   *
   * @param left a vector of {@code rank} numbers for each row
   * @param right a vector of {@code rank} numbers for each column
   */
  LowRankProduct(Factor left, Factor right, int rank, long rows, long columns, float scale) {
    this.left = left;
    this.right = right;
    this.rank = rank;
    this.rows = rows;
    this.columns = columns;
    this.scale = scale;
  }

  /** Reads elements in row-major order; ranges must be within the product. */
  TensorReader reader() {
    return new Reader();
  }

  private final class Reader implements TensorReader {
    private final Block lefts = new Block(left, rows, TALL);
    private final Block rights = new Block(right, columns, WIDE);

    @Override
    public void read(long offset, float[] destination, int length) {
      int done = 0;
      while (done < length) {
        long row = (offset + done) / columns;
        long column = (offset + done) % columns;
        lefts.hold(row);
        rights.hold(column);
        int run = Math.min(length - done, rights.after(column));
        multiply(row, column, destination, done, run);
        done += run;
      }
    }

    private void multiply(long row, long column, float[] destination, int at, int run) {
      Arrays.fill(destination, at, at + run, 0f);
      int k = 0;
      for (; k + 4 <= rank; k += 4) {
        addFour(row, column, k, destination, at, run);
      }
      for (; k < rank; k++) {
        add(lefts.get(k, row), rights.numbers, rights.index(k, column), destination, at, run);
      }
      for (int i = at; i < at + run; i++) {
        destination[i] *= scale;
      }
    }

    /** As four times {@link #add}, in the same order. */
    private void addFour(long row, long column, int k, float[] destination, int at, int run) {
      float a = lefts.get(k, row);
      float b = lefts.get(k + 1, row);
      float c = lefts.get(k + 2, row);
      float d = lefts.get(k + 3, row);
      float[] wide = rights.numbers;
      int ofA = rights.index(k, column);
      int ofB = rights.index(k + 1, column);
      int ofC = rights.index(k + 2, column);
      int ofD = rights.index(k + 3, column);
      for (int i = 0; i < run; i++) {
        destination[at + i] =
            destination[at + i]
                + a * wide[ofA + i]
                + b * wide[ofB + i]
                + c * wide[ofC + i]
                + d * wide[ofD + i];
      }
    }

    private static void add(
        float factor, float[] wide, int from, float[] destination, int at, int run) {
      for (int i = 0; i < run; i++) {
        destination[at + i] += factor * wide[from + i];
      }
    }
  }

  /** Some vectors of a factor, one after the other. */
  private final class Block {
    private final Factor factor;
    private final long vectors;
    private final int most;
    private float[] numbers = {};
    private long first;
    private int count;

    Block(Factor factor, long vectors, int numbers) {
      this.factor = factor;
      this.vectors = vectors;
      this.most = Math.max(1, numbers / rank);
    }

    /** Sees to it that a vector is here. */
    void hold(long vector) {
      if (vector < first || vector >= first + count) {
        first = vector / most * most;
        count = (int) Math.min(most, vectors - first);
        numbers = factor.block(first, count, rank);
      }
    }

    /** How many vectors are here from this one on. */
    int after(long vector) {
      return (int) (first + count - vector);
    }

    float get(int k, long vector) {
      return numbers[index(k, vector)];
    }

    int index(int k, long vector) {
      return k * count + (int) (vector - first);
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
