package org.mergetomix.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that native code runs on: as many as were ever busy at once, never ended. libtorch
 * keeps memory for every thread that it has seen, and Spark's task threads come and go.
 */
public final class NativeThreads {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static final ExecutorService THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          Long.MAX_VALUE,
          TimeUnit.NANOSECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "merge-to-mix-native-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  private NativeThreads() {}

  /**
   * Runs some work on a native thread and waits for it, even when interrupted: what it uses must
   * not be closed under it.
   */
  public static <T> T call(Callable<T> work) {
    Future<T> future = THREADS.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException waitOn) {
          interrupted = true;
        }
      }
    } catch (ExecutionException failure) {
      throw rethrown(failure.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(Throwable cause) {
    if (cause instanceof RuntimeException failure) {
      return failure;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(cause);
  }
}
