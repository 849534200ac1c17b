package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.Portion;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.testing.EvaluationRows;
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
            .parallelize(List.of(portion()), 1)
            .mapPartitions(PartitionRowsTest::rows)
            .countAsync();
    assertThat(BEGUN.await(1, TimeUnit.MINUTES)).isTrue();

    rows.cancel(true);

    assertThat(ENDED.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(MADE).hasValue(1);
  }

  private static Portion portion() {
    IndexRanges five = IndexRanges.of(List.of(new IndexRange(0, 5)));
    return new Portion(five, new TreeMap<>(Map.of("task", List.of(ExampleRange.all(2)))));
  }

  private static Iterator<EvaluationRow> rows(Iterator<Portion> portions) {
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) ended -> ENDED.countDown());
    return new PartitionRows(portions, (index, portion) -> row());
  }

  /** Takes until its task is killed. */
  private static List<EvaluationRow> row() {
    MADE.incrementAndGet();
    BEGUN.countDown();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!TaskContext.get().isInterrupted() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return List.of(EvaluationRows.failed(Mixture.parse("a"), "only to be counted"));
  }
}
