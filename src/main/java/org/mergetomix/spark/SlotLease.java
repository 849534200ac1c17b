package org.mergetomix.spark;

import java.util.Optional;
import java.util.function.Function;

/** A slot that is lent to one task until it is closed. One thread at a time. */
final class SlotLease implements AutoCloseable {

  private final ExecutorRuntime runtime;
  private Optional<Slot> slot = Optional.empty();

  SlotLease(ExecutorRuntime runtime) {
    this.runtime = runtime;
  }

  /** Runs some work on a native thread, and waits for it; the first call takes the slot. */
  <T> T call(Function<Slot, T> work) {
    return NativeThreads.call(
        () -> {
          if (slot.isEmpty()) {
            slot = Optional.of(runtime.take());
          }
          return work.apply(slot.get());
        });
  }

  /** Runs some work with what all slots share, on a native thread, and waits for it. */
  <T> T withRuntime(Function<ExecutorRuntime, T> work) {
    return NativeThreads.call(() -> work.apply(runtime));
  }

  @Override
  public void close() {
    runtime.giveBack(slot);
    slot = Optional.empty();
  }
}
