package org.mergetomix.executor;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

/** A slot that is lent to one task until it is closed. One thread at a time. */
public final class SlotLease implements AutoCloseable {

  /** The one whole model that this JVM has on its host at a time. */
  private static final Semaphore FETCHED = new Semaphore(1, true);

  private final SharedRuntime shared;
  private final ExecutorRuntime runtime;
  private final ComputeDevice device;
  private Optional<Slot> slot = Optional.empty();

  /** A lease of a user of the runtime, who leaves with it. */
  SlotLease(SharedRuntime shared, ExecutorRuntime runtime, ComputeDevice device) {
    this.shared = shared;
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
            discard(failure);
            throw failure;
          }
        });
  }

  /** Makes the target the surrogate of a mixture. */
  public void merge(Mixture mixture) {
    call(
        slot -> {
          slot.merge(mixture, Optional.empty());
          return slot;
        });
  }

  /**
   * Makes the target a whole model's, or the base with an adapter's delta. That is on this host
   * only meanwhile, and after each other with those of other leases: there is room for one beside
   * the inputs.
   *
   * @throws org.apache.spark.TaskKilledException if the task is killed while it waits
   * @throws UserException if the model is missing, or does not fit the target
   */
  public void fill(InputAccess access, Location model) {
    Kills.await(milliseconds -> FETCHED.tryAcquire(milliseconds, TimeUnit.MILLISECONDS));
    try (InputFiles files = access.open()) {
      fill(files, model);
    } finally {
      FETCHED.release();
    }
  }

  private void fill(InputFiles files, Location model) {
    Path here = files.fetch(model, "");
    try (Checkpoint checkpoint = withRuntime(shared -> shared.whole(here))) {
      fill(checkpoint, model.text());
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }

  private void fill(Checkpoint checkpoint, String name) {
    call(
        slot -> {
          slot.fill(checkpoint, name);
          return slot;
        });
  }

  /** A slot whose work failed may hold half of a mixture: the next work gets another one. */
  private void discard(Throwable failure) {
    Optional<Slot> broken = slot;
    slot = Optional.empty();
    broken.ifPresent(closing -> Closing.after(failure, closing));
  }

  /** Runs some work with what all slots share, on a native thread, and waits for it. */
  public <T> T withRuntime(Function<ExecutorRuntime, T> work) {
    return NativeThreads.call(() -> runtime.naming(() -> work.apply(runtime)));
  }

  @Override
  public void close() {
    shared.leave(slot);
    slot = Optional.empty();
  }
}
