package org.mergetomix.executor;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The runtime of one plan, for all who use it at once. It is opened on a thread of its own, which
 * takes as long as fetching the inputs: whoever waits for it can be killed, and it goes on for the
 * others. When nobody waits any more, opening ends. Safe for use by several threads.
 */
final class SharedRuntime {

  private final String planId;
  private final CompletableFuture<ExecutorRuntime> opened = new CompletableFuture<>();
  private final Thread opening;
  private int users = 1;
  private boolean retired;

  private SharedRuntime(String planId, Supplier<ExecutorRuntime> open) {
    this.planId = planId;
    this.opening = new Thread(() -> open(open), "merge-to-mix-open");
    opening.setDaemon(true);
  }

  /** Begins to open it, for a first user. */
  static SharedRuntime open(String planId, Supplier<ExecutorRuntime> open) {
    SharedRuntime shared = new SharedRuntime(planId, open);
    shared.opening.start();
    return shared;
  }

  private void open(Supplier<ExecutorRuntime> open) {
    try {
      ExecutorRuntime runtime = open.get();
      if (!opened.complete(runtime)) {
        runtime.close();
      }
    } catch (RuntimeException | Error failure) {
      opened.completeExceptionally(failure);
    }
  }

  /** Adds a user, who must leave; false when this is for another plan, or over. */
  synchronized boolean enter(String wanted) {
    if (!planId.equals(wanted) || retired || opened.isCompletedExceptionally()) {
      return false;
    }
    users++;
    return true;
  }

  /**
   * The runtime, as soon as it is open; for a user.
   *
   * @throws org.apache.spark.TaskKilledException if the task of this thread is killed meanwhile
   * @throws org.mergetomix.problem.UserException if an input is missing or broken
   */
  ExecutorRuntime await() {
    Kills.await(this::isOpen);
    return opened.join();
  }

  private boolean isOpen(long milliseconds) throws InterruptedException {
    try {
      opened.get(milliseconds, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failure) {
      throw NativeThreads.rethrown(failure.getCause());
    }
  }

  /** A user goes, and gives back the slot that it had. */
  synchronized void leave(Optional<Slot> slot) {
    slot.ifPresent(retired ? Slot::close : lent -> opened.join().keep(lent));
    users--;
    settle();
  }

  /** Closes idle slots at once, and everything as soon as the last user has gone. */
  synchronized void retire() {
    retired = true;
    if (opened.isDone() && !opened.isCompletedExceptionally()) {
      opened.join().closeIdle();
    }
    settle();
  }

  private void settle() {
    if (users > 0 || opened.isCompletedExceptionally()) {
      return;
    }
    if (opened.cancel(false)) {
      opening.interrupt();
    } else if (retired) {
      opened.join().close();
    }
  }
}
