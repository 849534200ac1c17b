package org.mergetomix.rank;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.table.EvaluationRow;
import scala.Tuple2;

/**
 * Makes something small of the rows of every mixture. A mixture whose rows lie side by side, as one
 * task writes them, is reduced where they are read; the rows of others are moved together.
 */
public final class MixtureReduction {

  private MixtureReduction() {}

  /** Which mixtures a question is about. */
  @FunctionalInterface
  public interface Considered extends Serializable {

    /** Whether a mixture is one of them. */
    boolean test(Mixture mixture);
  }

  /** What is made of the rows of a mixture of which something is known. */
  @FunctionalInterface
  public interface Reduction<T> extends Serializable {

    /** Something without the scores of examples. */
    T of(Mixture mixture, MixtureRows rows);
  }

  /**
   * What became of some rows of a mixture.
   *
   * @param whole what all of its rows were reduced to; one, or none
   * @param rows those that are still to be put together
   */
  private record Part<T>(List<T> whole, List<EvaluationRow> rows) implements Serializable {}

  /**
   * Reduces every mixture of which there are scores of every task, on all examples or the first
   * ones, or an error; others are left out.
   */
  public static <T> JavaRDD<T> of(
      JavaRDD<EvaluationRow> rows,
      Considered considered,
      ScoredTasks tasks,
      Reduction<T> reduction) {
    return rows.mapPartitionsToPair(all -> new Neighbours<>(all, considered, tasks, reduction))
        .groupByKey()
        .flatMap(parts -> joined(parts._1(), parts._2(), tasks, reduction));
  }

  private static <T> Iterator<T> joined(
      Mixture mixture, Iterable<Part<T>> parts, ScoredTasks tasks, Reduction<T> reduction) {
    MixtureRows rows = new MixtureRows(tasks);
    for (Part<T> part : parts) {
      if (!part.whole().isEmpty()) {
        return part.whole().iterator();
      }
      part.rows().forEach(rows::add);
    }
    boolean told = rows.isBegun() || !rows.error().isEmpty();
    return told ? List.of(reduction.of(mixture, rows)).iterator() : List.<T>of().iterator();
  }

  /** The rows of a partition, those of a mixture that lie side by side as one part. */
  private static final class Neighbours<T> implements Iterator<Tuple2<Mixture, Part<T>>> {

    private final Iterator<EvaluationRow> rows;
    private final Considered considered;
    private final ScoredTasks tasks;
    private final Reduction<T> reduction;
    private final Deque<EvaluationRow> ahead = new ArrayDeque<>();

    Neighbours(
        Iterator<EvaluationRow> rows,
        Considered considered,
        ScoredTasks tasks,
        Reduction<T> reduction) {
      this.rows = rows;
      this.considered = considered;
      this.tasks = tasks;
      this.reduction = reduction;
    }

    @Override
    public boolean hasNext() {
      while (ahead.isEmpty() && rows.hasNext()) {
        EvaluationRow row = rows.next();
        if (considered.test(row.mixture())) {
          ahead.add(row);
        }
      }
      return !ahead.isEmpty();
    }

    @Override
    public Tuple2<Mixture, Part<T>> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Mixture mixture = ahead.peek().mixture();
      MixtureRows together = new MixtureRows(tasks);
      while (hasNext() && ahead.peek().mixture().equals(mixture)) {
        together.add(ahead.remove());
      }
      return new Tuple2<>(
          mixture,
          together.isComplete()
              ? new Part<>(List.of(reduction.of(mixture, together)), List.of())
              : new Part<>(List.of(), together.rows()));
    }
  }
}
