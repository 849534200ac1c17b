package org.mergetomix.model;

import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSink;

/** What is merged into and then evaluated. One thread at a time. */
public interface SurrogateTarget extends TensorSink, AutoCloseable {

  /**
   * Overwrites every parameter with the checkpoint's tensor of the same name.
   *
   * @param checkpointName where the checkpoint lies, for problems
   * @throws org.mergetomix.problem.UserException if they do not match
   */
  void fill(Checkpoint checkpoint, String checkpointName);

  @Override
  void close();
}
