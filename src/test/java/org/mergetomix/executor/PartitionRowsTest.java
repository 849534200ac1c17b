package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class PartitionRowsTest {

  private static final AtomicInteger MADE = new AtomicInteger();
  private static final CountDownLatch BEGUN = new CountDownLatch(1);
  private static final CountDownLatch ENDED = new CountDownLatch(1);

  @Test
  void makesNoMoreRowsForATaskThatWasKilled(JavaSparkContext context) throws Exception {
    JavaFutureAction<Long> rows =
        context
            .parallelize(List.of(new IndexRange(0, 5)), 1)
            .mapPartitions(PartitionRowsTest::rows)
            .countAsync();
    assertThat(BEGUN.await(1, TimeUnit.MINUTES)).isTrue();

    rows.cancel(true);

    assertThat(ENDED.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(MADE).hasValue(1);
  }

  private static Iterator<EvaluationRow> rows(Iterator<IndexRange> ranges) {
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) ended -> ENDED.countDown());
    return new PartitionRows(ranges, PartitionRowsTest::row);
  }

  /** Takes until its task is killed. */
  private static List<EvaluationRow> row(long index) {
    MADE.incrementAndGet();
    BEGUN.countDown();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!TaskContext.get().isInterrupted() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return List.of(
        EvaluationRow.failed(index, "key", Mixture.parse("a"), "task", "only to be counted"));
  }
}
