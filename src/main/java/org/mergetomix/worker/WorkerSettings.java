package org.mergetomix.worker;

import java.io.Serializable;
import java.util.List;

/**
 * How a worker is started and watched.
 *
 * @param command what is run, with its arguments; empty for the worker that comes with this program
 * @param python the interpreter of that one
 * @param sharedMemory the folder, of a file system in memory, that surrogates are written into
 * @param silence seconds without an answer or progress until a worker is given up, at least 1
 * @param threads that a worker computes with, at least 1
 */
public record WorkerSettings(
    List<String> command, String python, String sharedMemory, int silence, int threads)
    implements Serializable {

  /** Copies the command. */
  public WorkerSettings {
    command = List.copyOf(command);
  }
}
