package org.mergetomix.spark.round;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class ProgressListenerTest {

  private final List<Long> told = new ArrayList<>();

  @Test
  void beginsWithWhatWasDoneBeforeAndEndsWithAll(JavaSparkContext context) throws Exception {
    try (ProgressListener listener = listener(context, 3, 10)) {
      count(context, listener.counter(), 7);
      listener.complete();
    }

    assertThat(told).isSorted().startsWith(3L).endsWith(10L);
  }

  /** Spark tells of tasks late, and from another thread. */
  @Test
  void saysNothingAfterTheEnd(JavaSparkContext context) throws Exception {
    try (ProgressListener listener = listener(context, 0, 20)) {
      listener.complete();
      int before = told.size();
      count(context, listener.counter(), 20);
      context.sc().listenerBus().waitUntilEmpty();

      assertThat(told).hasSize(before).endsWith(20L);
    }
  }

  @Test
  void neverSaysThatAllIsDoneBeforeItIs(JavaSparkContext context) throws Exception {
    try (ProgressListener listener = listener(context, 0, 5)) {
      count(context, listener.counter(), 50);
      context.sc().listenerBus().waitUntilEmpty();

      assertThat(told).isSorted().allMatch(done -> done < 5);
    }
  }

  private ProgressListener listener(JavaSparkContext context, long offset, long total) {
    return new ProgressListener(
        context,
        "step",
        offset,
        total,
        (step, done, all, elapsed) -> told.add(done),
        Duration.ZERO);
  }

  private static void count(JavaSparkContext context, LongAccumulator counter, int times) {
    context
        .parallelize(IntStream.range(0, times).boxed().toList(), times)
        .foreach(one -> counter.add(1));
  }
}
