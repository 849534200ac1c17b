package org.mergetomix.merge;

import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.TensorSink;

/**
 * Merges mixtures, one after the other. Equal inputs give equal bits, whatever was merged before
 * and whoever merges. One thread at a time.
 */
public interface Merger {

  /**
   * Writes the surrogate of a mixture into a target: every tensor of floating-point numbers, each
   * from its first element to its last. Other tensors are not written: they are the base's. The
   * surrogate of no datasets is the base, bit for bit.
   *
   * @param mixture of known datasets
   * @param next which mixture comes next, if that is known: sums that it cannot go on from are not
   *     kept. The result does not depend on it, nor need that mixture really come
   * @param target takes the base's tensors
   * @throws IllegalArgumentException if a dataset has no expert
   */
  void merge(Mixture mixture, Optional<Mixture> next, TensorSink target);
}
