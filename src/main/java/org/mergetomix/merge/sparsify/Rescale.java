package org.mergetomix.merge.sparsify;

/** What makes up for randomly dropped elements. */
public enum Rescale {
  /** A kept element is divided by the probability that it was kept, so its expectation stays. */
  BY_PROBABILITY,
  /**
   * A tensor's kept elements are multiplied so that its L1 norm stays. On heavy tails the factor is
   * far from the other one, and depends on which elements happened to be kept.
   */
  TO_FORMER_NORM
}
