package org.mergetomix.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;

/** Pieces of float32 tensors, by DJL's own means, which must not touch tensors of bfloat16. */
final class FloatPieces implements TensorPieces {

  private static final NDIndex WHOLE = new NDIndex("...");

  @Override
  public NDArray elements(NDArray tensor, long first, long count, NDManager scope) {
    try (NDArray flat = tensor.reshape(tensor.size())) {
      NDArray view = flat.get(new NDIndex().addSliceDim(first, first + count));
      view.attach(scope);
      return view;
    }
  }

  @Override
  public void store(NDArray target, NDArray source) {
    try (NDArray there = source.toDevice(target.getDevice(), true)) {
      target.set(WHOLE, there);
    }
  }
}
