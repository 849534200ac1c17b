package org.mergetomix.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.LongFunction;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.table.EvaluationRow;

/**
 * The rows of a partition, index by index, each made when it is asked for: a stream would hold the
 * rows of a whole range. Ends with the task when that is killed; Spark itself would look for that
 * once a range.
 */
public final class PartitionRows implements Iterator<EvaluationRow> {

  private final Iterator<IndexRange> ranges;
  private final LongFunction<List<EvaluationRow>> rows;
  private final Deque<EvaluationRow> ready = new ArrayDeque<>();
  private long next;
  private long end;

  public PartitionRows(Iterator<IndexRange> ranges, LongFunction<List<EvaluationRow>> rows) {
    this.ranges = ranges;
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && (next < end || ranges.hasNext())) {
      if (next == end) {
        IndexRange range = ranges.next();
        next = range.start();
        end = range.end();
      } else {
        endIfKilled();
        ready.addAll(rows.apply(next));
        next++;
      }
    }
    return !ready.isEmpty();
  }

  private static void endIfKilled() {
    if (Optional.ofNullable(TaskContext.get()).stream().anyMatch(TaskContext::isInterrupted)) {
      throw new TaskKilledException();
    }
  }

  @Override
  public EvaluationRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }
}
