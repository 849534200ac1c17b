package org.mergetomix.expert.lora;

import java.util.Arrays;
import java.util.List;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorReader;

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
public final class LowRankProduct {

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
  public LowRankProduct(Factor left, Factor right, int rank, long rows, long columns, float scale) {
    this.left = left;
    this.right = right;
    this.rank = rank;
    this.rows = rows;
    this.columns = columns;
    this.scale = scale;
  }

  /** Reads elements in row-major order; ranges must be within the product. */
  public TensorReader reader() {
    return new Reader();
  }

  /** The tall matrix: a row for each rank, as long as the product has rows. */
  public float[][] left() {
    return left.block(0, Math.toIntExact(rows), rank);
  }

  /** The wide matrix: a row for each rank, as long as the product's rows. */
  public float[][] right() {
    return right.block(0, Math.toIntExact(columns), rank);
  }

  /** How many products of a row and a column it sums. */
  public int rank() {
    return rank;
  }

  /** How many rows it has. */
  public long rows() {
    return rows;
  }

  /** How long its rows are. */
  public long columns() {
    return columns;
  }

  /** What the product is multiplied by. */
  public float scale() {
    return scale;
  }

  /** Whether another is made of the same vectors and the same scale, however they are stored. */
  public boolean same(LowRankProduct other) {
    return rank == other.rank
        && rows == other.rows
        && columns == other.columns
        && scale == other.scale
        && same(left, other.left, rows)
        && same(right, other.right, columns);
  }

  private boolean same(Factor one, Factor other, long vectors) {
    int most = Math.max(1, TALL / rank);
    for (long first = 0; first < vectors; first += most) {
      int count = (int) Math.min(most, vectors - first);
      if (!Arrays.deepEquals(one.block(first, count, rank), other.block(first, count, rank))) {
        return false;
      }
    }
    return true;
  }

  private final class Reader implements TensorReader {
    private final Block lefts = new Block(left, rows, TALL);
    private final Block rights = new Block(right, columns, WIDE);
    private float[] sums = {};

    @Override
    public void read(long offset, float[] destination, int length) {
      int done = 0;
      while (done < length) {
        long row = (offset + done) / columns;
        long column = (offset + done) % columns;
        int tall = lefts.hold(row);
        int wide = rights.hold(column);
        int run = Math.min(length - done, rights.count - wide);
        multiply(tall, wide, wide + run);
        for (int i = 0; i < run; i++) {
          destination[done + i] = sums[wide + i] * scale;
        }
        done += run;
      }
    }

    /** Sums are at the same indices as the columns, or the loops would not be vectorised. */
    private void multiply(int tall, int from, int to) {
      if (sums.length < rights.count) {
        sums = new float[rights.count];
      }
      Arrays.fill(sums, from, to, 0f);
      int k = 0;
      for (; k + 4 <= rank; k += 4) {
        addFour(k, tall, from, to);
      }
      for (; k < rank; k++) {
        add(k, tall, from, to);
      }
    }

    private void add(int k, int tall, int from, int to) {
      float[] into = sums;
      float[] row = rights.numbers[k];
      float factor = lefts.numbers[k][tall];
      for (int i = from; i < to; i++) {
        into[i] += factor * row[i];
      }
    }

    /** As four times {@link #add}, in the same order. */
    private void addFour(int k, int tall, int from, int to) {
      float[] into = sums;
      float[] a = rights.numbers[k];
      float[] b = rights.numbers[k + 1];
      float[] c = rights.numbers[k + 2];
      float[] d = rights.numbers[k + 3];
      float ofA = lefts.numbers[k][tall];
      float ofB = lefts.numbers[k + 1][tall];
      float ofC = lefts.numbers[k + 2][tall];
      float ofD = lefts.numbers[k + 3][tall];
      for (int i = from; i < to; i++) {
        into[i] = into[i] + ofA * a[i] + ofB * b[i] + ofC * c[i] + ofD * d[i];
      }
    }
  }

  /** Some vectors of a factor, one after the other. */
  private final class Block {
    private final Factor factor;
    private final long vectors;
    private final int most;
    private float[][] numbers = {};
    private long first;
    private int count;

    Block(Factor factor, long vectors, int numbers) {
      this.factor = factor;
      this.vectors = vectors;
      this.most = Math.max(1, numbers / rank);
    }

    /** Sees to it that a vector is here, and says at which index. */
    int hold(long vector) {
      if (vector < first || vector >= first + count) {
        first = vector / most * most;
        count = (int) Math.min(most, vectors - first);
        numbers = factor.block(first, count, rank);
      }
      return (int) (vector - first);
    }
  }

  /** One of the two matrices: vectors as long as the rank. */
  public sealed interface Factor {

    /**
     * Reads some of the vectors.
     *
     * @return {@code count} numbers for each rank
     */
    float[][] block(long first, int count, int rank);
  }

  /**
   * A stored matrix with a row for each rank, as A is, or some rows of one.
   *
   * @param start the first of the rows
   * @param width the length of a row
   */
  public record RankByRow(Checkpoint adapter, String tensor, long start, long width)
      implements Factor {

    @Override
    public float[][] block(long first, int count, int rank) {
      float[][] block = new float[rank][count];
      for (int k = 0; k < rank; k++) {
        adapter.read(tensor, (start + k) * width + first, block[k], count);
      }
      return block;
    }
  }

  /**
   * Some rows of a stored matrix with a column for each rank and expert, the experts side by side.
   *
   * @param start the first of the rows
   * @param expert whose columns
   * @param experts how many there are
   */
  public record RankByExpertColumn(
      Checkpoint adapter, String tensor, long start, long expert, long experts) implements Factor {

    @Override
    public float[][] block(long first, int count, int rank) {
      float[][] block = new float[rank][count];
      float[] one = new float[1];
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < rank; k++) {
          long row = start + first + i;
          adapter.read(tensor, (row * rank + k) * experts + expert, one, 1);
          block[k][i] = one[0];
        }
      }
      return block;
    }
  }

  /** A stored matrix with a column for each rank, as B is. */
  public record RankByColumn(Checkpoint adapter, String tensor) implements Factor {

    @Override
    public float[][] block(long first, int count, int rank) {
      float[] stored = new float[rank * count];
      adapter.read(tensor, first * rank, stored, stored.length);
      float[][] block = new float[rank][count];
      for (int i = 0; i < count; i++) {
        for (int k = 0; k < rank; k++) {
          block[k][i] = stored[i * rank + k];
        }
      }
      return block;
    }
  }

  /** The product of all numbers but the first: the length of a row of a tensor. */
  public static long rowLength(List<Long> shape) {
    return shape.stream().skip(1).reduce(1L, (left, right) -> left * right);
  }
}
