package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.List;

/**
 * The candidate mixtures of a search, numbered but never listed: there may be more of them than fit
 * in memory. Implementations are immutable and safe to share between threads.
 */
public interface MixtureSpace extends Serializable {

  /** How many mixtures there are. */
  long size();

  /**
   * The mixture at an index; the same index always gives the same mixture.
   *
   * @param index from 0 to {@link #size()} - 1
   * @throws IndexOutOfBoundsException for any other index
   */
  Mixture at(long index);

  /**
   * Where a mixture stands: {@code at(indexOf(mixture))} equals it.
   *
   * @return the index, or -1 for a mixture that is not in this space
   */
  long indexOf(Mixture mixture);

  /** The space in words, for logs and reports: {@code all 255 subsets of 8 datasets}. */
  String describe();

  /** The ids of the datasets that mixtures are made of, ascending. */
  List<String> datasets();
}
