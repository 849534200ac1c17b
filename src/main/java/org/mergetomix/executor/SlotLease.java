package org.mergetomix.executor;

import java.util.Optional;
import java.util.function.Function;
import org.mergetomix.model.ComputeDevice;

/** A slot that is lent to one task until it is closed. One thread at a time. */
public final class SlotLease implements AutoCloseable {

  private final ExecutorRuntime runtime;
  private final ComputeDevice device;
  private Optional<Slot> slot = Optional.empty();

  public SlotLease(ExecutorRuntime runtime, ComputeDevice device) {
    this.runtime = runtime;
    this.device = device;
  }

  /** Runs some work on a native thread, and waits for it; the first call takes the slot. */
  public <T> T call(Function<Slot, T> work) {
    return NativeThreads.call(
        () -> {
          if (slot.isEmpty()) {
            slot = Optional.of(runtime.naming(() -> runtime.take(device)));
          }
          try {
            return runtime.naming(() -> work.apply(slot.get()));
          } catch (RuntimeException | Error failure) {
            discard();
            throw failure;
          }
        });
  }

  /** A slot whose work failed may hold half of a mixture: the next work gets another one. */
  private void discard() {
    slot.ifPresent(Slot::close);
    slot = Optional.empty();
  }

  /** Runs some work with what all slots share, on a native thread, and waits for it. */
  public <T> T withRuntime(Function<ExecutorRuntime, T> work) {
    return NativeThreads.call(() -> runtime.naming(() -> work.apply(runtime)));
  }

  @Override
  public void close() {
    runtime.giveBack(slot);
    slot = Optional.empty();
  }
}
