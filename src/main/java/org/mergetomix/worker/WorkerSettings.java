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
 * @param network what it may reach
 * @param experts what it is given of them
 */
public record WorkerSettings(
    List<String> command,
    String python,
    String sharedMemory,
    int silence,
    int threads,
    Network network,
    Experts experts)
    implements Serializable {

  /** What a worker may reach. */
  public enum Network {
    /** Nothing: its libraries use what lies on its host. */
    NONE,
    /** What its libraries ask for: data sets of lm-eval's tasks. */
    ALLOWED
  }

  /** What a worker is given of the experts. */
  public enum Experts {
    /** Each surrogate, merged. */
    MERGED,
    /** The factors of adapters, once, and for each surrogate what they are multiplied by. */
    FACTORS
  }

  /** Copies the command. */
  public WorkerSettings {
    command = List.copyOf(command);
  }
}
