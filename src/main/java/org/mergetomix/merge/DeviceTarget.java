package org.mergetomix.merge;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** A target on a device that can merge by itself. One thread at a time. */
public interface DeviceTarget extends SurrogateTarget {

  /** A scope for arrays on the device; whoever opens it closes it, and the target at the latest. */
  NDManager newScope();

  /**
   * Overwrites a tensor, under all its names.
   *
   * @param elements float32, on the device, as many as the tensor has; rounded once to what it is
   *     kept in
   */
  void set(String tensor, NDArray elements);
}
