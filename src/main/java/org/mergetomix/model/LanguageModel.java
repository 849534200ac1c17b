package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import org.mergetomix.merge.DeviceTarget;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * A causal language model in memory, whose parameters are read and overwritten in place. What is
 * written shows in the next forward pass. Owns its native memory; used by one thread at a time.
 */
public interface LanguageModel extends DeviceTarget, TensorSource {

  /** Whether a checkpoint's tensor of this name is one of the model's, under any of its names. */
  boolean knows(String tensor);

  /** Reads elements of a tensor that it knows. */
  @Override
  void read(String tensor, long offset, float[] destination, int length);

  /**
   * The parameters themselves, for training; they live as long as this model.
   *
   * @throws org.mergetomix.problem.UserException if the model cannot be trained
   */
  SortedMap<String, NDArray> parameters();

  /**
   * Which tensors of {@code checkpoint} do not fit this model: unknown ones, missing ones, other
   * shapes.
   */
  List<Problem> mismatches(SortedMap<String, TensorSpec> checkpoint, String checkpointName);

  /**
   * The negative log-likelihood of each target after the tokens up to its place, without gradients.
   *
   * @param tokens int64 [batch, length]
   * @param targets int64 [batch, length], each a token that the model knows
   * @param scope where the result lives
   * @return float32 [batch, length], in nats
   * @throws org.mergetomix.problem.UserException if the model fails on them
   */
  NDArray losses(NDArray tokens, NDArray targets, NDManager scope);

  /** As {@link #losses}, so that gradients can be taken. */
  NDArray lossesWithGradients(NDArray tokens, NDArray targets, NDManager scope);

  /**
   * The same of several texts in a row, each of which is read as if it were alone.
   *
   * @param texts int64 [batch, length]: a number for each text of a row, other than its
   *     neighbours'; 0 at padding
   * @throws org.mergetomix.problem.UserException if the model cannot keep texts apart, or fails
   */
  NDArray lossesWithGradients(NDArray tokens, NDArray targets, NDArray texts, NDManager scope);
}
