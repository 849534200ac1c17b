package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/** Stretches computed by several threads and written by one. */
class StretchWorkTest {

  private static final TensorSink NOWHERE = (tensor, offset, source, length) -> {};

  private static final List<Stretch> STRETCHES = stretches(3, 5L * Stretch.LENGTH + 7);

  private static List<Stretch> stretches(int tensors, long elements) {
    return Stretch.of(
        Layout.of(
            IntStream.range(0, tensors)
                .mapToObj(i -> new TensorSpec("t" + i, DType.F32, List.of(elements)))
                .collect(
                    Collectors.toMap(
                        TensorSpec::name, spec -> spec, (one, other) -> one, TreeMap::new))));
  }

  private static void compute(Stretch stretch, TensorSink target) {
    float[] chunk = new float[Layout.CHUNK];
    stretch.forEachChunk(
        (offset, length) -> {
          for (int i = 0; i < length; i++) {
            chunk[i] = stretch.tensor().index() * 1e6f + offset + i;
          }
          target.write(stretch.tensor().name(), offset, chunk, length);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 40})
  void writesEveryElementInOrderOnTheCallingThread(int threads) {
    List<String> order = new ArrayList<>();
    Set<Thread> writers = ConcurrentHashMap.newKeySet();
    TreeMap<String, Long> next = new TreeMap<>();

    StretchWork.run(
        STRETCHES,
        Collections.nCopies(threads, StretchWorkTest::compute),
        (tensor, offset, source, length) -> {
          writers.add(Thread.currentThread());
          if (!next.containsKey(tensor)) {
            order.add(tensor);
          }
          assertThat(offset).isEqualTo(next.getOrDefault(tensor, 0L));
          next.put(tensor, offset + length);
          for (int i = 0; i < length; i += 97) {
            assertThat(source[i]).isEqualTo(order.indexOf(tensor) * 1e6f + offset + i);
          }
        });

    assertThat(writers).containsExactly(Thread.currentThread());
    assertThat(order).containsExactly("t0", "t1", "t2");
    assertThat(next.values()).containsOnly(5L * Stretch.LENGTH + 7);
  }

  /** Would never end if they took turns. */
  @Test
  void computesAtTheSameTime() {
    CountDownLatch both = new CountDownLatch(2);
    StretchWork.Worker meets =
        (stretch, target) -> {
          if (stretch.number() < 2) {
            both.countDown();
            awaitUninterruptibly(both);
          }
        };

    StretchWork.run(STRETCHES, List.of(meets, meets), NOWHERE);

    assertThat(both.getCount()).isZero();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  @Test
  void failsAsTheThreadThatFailedWhenNoneWorksAnyMore() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    StretchWork.Worker fails =
        (stretch, target) -> {
          threads.add(Thread.currentThread());
          if (stretch.number() == 7) {
            throw new IllegalStateException("broken");
          }
        };

    assertThatThrownBy(() -> StretchWork.run(STRETCHES, Collections.nCopies(3, fails), NOWHERE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
    assertEnded(threads);
  }

  @Test
  void stopsWhereTheTargetFails() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();

    assertThatThrownBy(
            () ->
                StretchWork.run(
                    STRETCHES,
                    Collections.nCopies(
                        3, (stretch, target) -> threads.add(Thread.currentThread())),
                    (tensor, offset, source, length) -> {
                      throw new IllegalStateException("full");
                    }))
        .hasMessage("full");
    assertEnded(threads);
  }

  /** A thread that was counted off may still be about to end. */
  private static void assertEnded(Set<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
      }
    }
  }

  @Test
  void leavesAnInterruptToTheCaller() {
    Thread.currentThread().interrupt();

    StretchWork.run(STRETCHES, Collections.nCopies(2, StretchWorkTest::compute), NOWHERE);

    assertThat(Thread.interrupted()).isTrue();
  }
}
