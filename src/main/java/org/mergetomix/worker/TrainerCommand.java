package org.mergetomix.worker;

import java.io.Serializable;
import java.util.List;

/**
 * A trainer that is run, and how it is watched.
 *
 * @param command what is run, with its first arguments
 * @param workspace the folder in which trainings have folders of their own
 * @param silence seconds without progress until a trainer is given up, at least 1
 * @param threads that it computes with on a CPU, at least 1
 * @param checkpointSteps steps after which it saves what it would go on from, at least 1
 */
public record TrainerCommand(
    List<String> command, String workspace, int silence, int threads, int checkpointSteps)
    implements Serializable {

  /** Copies the command. */
  public TrainerCommand {
    command = List.copyOf(command);
  }

  /** What of it decides a trained model, beside its versions. */
  public String identity() {
    return "%s threads=%s".formatted(command, threads);
  }
}
