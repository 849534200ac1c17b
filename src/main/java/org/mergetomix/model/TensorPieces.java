package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** How the memory of tensors is reached. One thread at a time. */
interface TensorPieces {

  /**
   * Some elements of a tensor, as a view that lives in {@code scope}.
   *
   * @param tensor a contiguous one; of another, the view would be a copy
   */
  NDArray elements(NDArray tensor, long first, long count, NDManager scope);

  /** Overwrites a tensor with as many elements of another, which may be on another device. */
  void store(NDArray target, NDArray source);
}
