package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.TaskKilledException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mergetomix.problem.UserException;

@Timeout(60)
class SharedRuntimeTest {

  private final ExecutorService tasks = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    tasks.shutdownNow();
  }

  /** An opening that takes as long as a test wants. */
  private static final class Fetch implements Supplier<ExecutorRuntime> {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public ExecutorRuntime get() {
      begun.countDown();
      try {
        end.await();
      } catch (InterruptedException told) {
        interrupted.countDown();
      }
      throw UserException.input("Fetched to the end", "", "");
    }
  }

  @Test
  void letsATaskThatWaitsBeKilledAndFetchesOnForTheOthers() throws Exception {
    Fetch fetch = new Fetch();
    SharedRuntime shared = SharedRuntime.open("plan", fetch);
    assertThat(shared.enter("plan")).isTrue();
    Waiting killed = wait(shared);
    Waiting other = wait(shared);
    fetch.begun.await();

    killed.kill();

    assertThatThrownBy(killed::end).hasCauseInstanceOf(TaskKilledException.class);
    fetch.end.countDown();
    assertThatThrownBy(other::end)
        .hasCauseInstanceOf(UserException.class)
        .hasMessageContaining("Fetched to the end");
    assertThat(fetch.interrupted.getCount()).as("not interrupted").isEqualTo(1);
  }

  @Test
  void stopsFetchingWhenTheLastWhoWaitsIsKilled() throws Exception {
    Fetch fetch = new Fetch();
    SharedRuntime shared = SharedRuntime.open("plan", fetch);
    Waiting killed = wait(shared);
    fetch.begun.await();

    killed.kill();

    assertThatThrownBy(killed::end).hasCauseInstanceOf(TaskKilledException.class);
    assertThat(fetch.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(shared.enter("plan")).as("for the next to open anew").isFalse();
  }

  @Test
  void isHandedToNobodyOnceItFailed() throws Exception {
    Fetch fetch = new Fetch();
    SharedRuntime shared = SharedRuntime.open("plan", fetch);
    Waiting first = wait(shared);
    fetch.end.countDown();

    assertThatThrownBy(first::end).hasCauseInstanceOf(UserException.class);
    assertThat(shared.enter("plan")).isFalse();
  }

  @Test
  void servesOnePlanUntilItIsRetired() {
    Fetch fetch = new Fetch();
    SharedRuntime shared = SharedRuntime.open("plan", fetch);

    assertThat(shared.enter("another")).isFalse();
    assertThat(shared.enter("plan")).isTrue();
    shared.retire();
    assertThat(shared.enter("plan")).isFalse();
    assertThat(fetch.interrupted.getCount()).as("two are waiting").isEqualTo(1);

    shared.leave(Optional.empty());
    shared.leave(Optional.empty());
  }

  private Waiting wait(SharedRuntime shared) throws InterruptedException {
    AtomicReference<Thread> thread = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    Future<?> future =
        tasks.submit(
            () -> {
              thread.set(Thread.currentThread());
              begun.countDown();
              try {
                shared.await();
              } finally {
                shared.leave(Optional.empty());
              }
            });
    begun.await();
    return new Waiting(thread.get(), future);
  }

  private record Waiting(Thread thread, Future<?> future) {

    void kill() {
      thread.interrupt();
    }

    void end() throws ExecutionException, InterruptedException {
      try {
        future.get(30, TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        throw new AssertionError(late);
      }
    }
  }
}
