package org.mergetomix.merge;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.mergetomix.tensor.TensorSink;

/**
 * Stretches that several threads compute and one writes: the thread that called writes them in
 * their order, and computes as the others do while the next one is not ready. So the target knows
 * one thread, and each tensor from its first element to its last.
 */
final class StretchWork {

  private final List<Stretch> stretches;
  private final List<Worker> workers;
  private final float[][] buffers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.
  private final boolean[] ready;
  private int taken;
  private int written;
  private int helping;
  private Optional<Throwable> failure = Optional.empty();

  private StretchWork(List<Stretch> stretches, List<Worker> workers) {
    this.stretches = stretches;
    this.workers = workers;
    this.buffers = new float[2 * workers.size()][Stretch.LENGTH];
    this.ready = new boolean[buffers.length];
  }

  /** What one thread does; not shared with another. */
  interface Worker {

    /** Computes a stretch, and writes all its elements, or none where nothing is to be written. */
    void work(Stretch stretch, TensorSink target);
  }

  /**
   * Works through all stretches. Returns or fails when no thread works any more; an interrupt of
   * the calling thread is left to it.
   *
   * @param workers one for each thread; the first is the calling thread's
   * @param target written by the calling thread alone
   */
  static void run(List<Stretch> stretches, List<? extends Worker> workers, TensorSink target) {
    if (workers.size() == 1) {
      stretches.forEach(stretch -> workers.get(0).work(stretch, target));
    } else {
      new StretchWork(stretches, List.copyOf(workers)).run(target);
    }
  }

  private void run(TensorSink target) {
    try {
      workers.subList(1, workers.size()).forEach(this::start);
      for (Stretch stretch : stretches) {
        computeUntilReady(stretch);
        float[] values = buffers[stretch.number() % buffers.length];
        target.write(stretch.tensor().name(), stretch.from(), values, stretch.length());
        settle(stretch);
      }
    } catch (RuntimeException | Error thrown) {
      fail(thrown);
      throw thrown;
    } finally {
      awaitHelpers();
    }
  }

  private void start(Worker worker) {
    Thread thread = new Thread(() -> help(worker), "merge-to-mix-merge");
    thread.setDaemon(true);
    thread.start();
    lock.lock();
    try {
      helping++;
    } finally {
      lock.unlock();
    }
  }

  private void help(Worker worker) {
    try {
      for (Optional<Stretch> next = take(); next.isPresent(); next = take()) {
        compute(worker, next.get());
      }
    } catch (RuntimeException | Error thrown) {
      fail(thrown);
    } finally {
      lock.lock();
      try {
        helping--;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits for a stretch with a free buffer; empty when none is left, or something failed. */
  private Optional<Stretch> take() {
    lock.lock();
    try {
      while (failure.isEmpty() && taken < stretches.size() && !hasBuffer()) {
        changed.awaitUninterruptibly();
      }
      return failure.isPresent() || taken == stretches.size()
          ? Optional.empty()
          : Optional.of(stretches.get(taken++));
    } finally {
      lock.unlock();
    }
  }

  private boolean hasBuffer() {
    return taken < written + buffers.length;
  }

  private void computeUntilReady(Stretch wanted) {
    for (Optional<Stretch> mine = await(wanted); mine.isPresent(); mine = await(wanted)) {
      compute(workers.get(0), mine.get());
    }
  }

  /** Waits until a stretch is ready; gives another one to compute meanwhile, if there is any. */
  private Optional<Stretch> await(Stretch wanted) {
    lock.lock();
    try {
      while (!ready[wanted.number() % ready.length]) {
        failure.ifPresent(StretchWork::raise);
        if (taken < stretches.size() && hasBuffer()) {
          return Optional.of(stretches.get(taken++));
        }
        changed.awaitUninterruptibly();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void compute(Worker worker, Stretch stretch) {
    int place = stretch.number() % buffers.length;
    worker.work(
        stretch,
        (tensor, offset, source, length) ->
            System.arraycopy(source, 0, buffers[place], (int) (offset - stretch.from()), length));
    lock.lock();
    try {
      ready[place] = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void settle(Stretch stretch) {
    lock.lock();
    try {
      ready[stretch.number() % ready.length] = false;
      written++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable thrown) {
    lock.lock();
    try {
      failure = failure.or(() -> Optional.of(thrown));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitHelpers() {
    lock.lock();
    try {
      while (helping > 0) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void raise(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }
}
