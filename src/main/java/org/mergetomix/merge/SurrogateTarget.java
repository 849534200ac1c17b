package org.mergetomix.merge;

import java.util.SortedMap;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSink;
import org.mergetomix.tensor.TensorSpec;

/**
 * What surrogates are merged into, one after the other, each over the last: a live model today.
 * Owns what it holds until it is closed; used by one thread at a time.
 */
public interface SurrogateTarget extends TensorSink, AutoCloseable {

  /** The tensors that it takes, by name; unmodifiable. */
  SortedMap<String, TensorSpec> tensors();

  /**
   * Makes it a checkpoint's, as if that had been merged.
   *
   * @param name how messages call the checkpoint
   * @throws org.mergetomix.problem.UserException if its tensors are not those of the target
   */
  void fill(Checkpoint checkpoint, String name);

  @Override
  void close();
}
