package org.mergetomix.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.plan.Portion;
import org.mergetomix.table.EvaluationRow;

/**
 * The rows of a partition, mixture by mixture, each made when it is asked for: a stream would hold
 * the rows of a whole range. Ends with the task when that is killed; Spark itself would look for
 * that once a portion.
 */
public final class PartitionRows implements Iterator<EvaluationRow> {

  private final Iterator<Portion> portions;
  private final Rows rows;
  private final Deque<EvaluationRow> ready = new ArrayDeque<>();
  private final Deque<IndexRange> ranges = new ArrayDeque<>();
  private Optional<Portion> portion = Optional.empty();
  private long next;
  private long end;

  /** The rows of one mixture. */
  @FunctionalInterface
  public interface Rows {

    /** The rows of the mixture at an index, on the examples of its portion. */
    List<EvaluationRow> of(long index, Portion portion);
  }

  /** The rows that {@code rows} makes of every mixture of the portions, in order. */
  public PartitionRows(Iterator<Portion> portions, Rows rows) {
    this.portions = portions;
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && (next < end || !ranges.isEmpty() || portions.hasNext())) {
      if (next < end) {
        Kills.check();
        ready.addAll(rows.of(next, portion.orElseThrow()));
        next++;
      } else if (ranges.isEmpty()) {
        portion = Optional.of(portions.next());
        ranges.addAll(portion.get().mixtures().ranges());
      } else {
        IndexRange range = ranges.remove();
        next = range.start();
        end = range.end();
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public EvaluationRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }
}
