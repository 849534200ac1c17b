package org.mergetomix.merge;

import org.mergetomix.tensor.TensorPlace;

/** The merged delta of one mixture, tensor after tensor and chunk after chunk. One thread. */
interface MergedDelta {

  /** The next chunks are those of this tensor, in order. */
  void begin(TensorPlace tensor);

  /**
   * Computes a chunk, and adds it to a target.
   *
   * @param factor what the merged delta is multiplied by
   */
  void addTo(float[] target, TensorPlace tensor, long offset, float factor, int length);

  /** The weighted sum of the experts' whole deltas in the chunk that was read last. */
  void readPlainSum(TensorPlace tensor, long offset, float[] sum, int length);
}
