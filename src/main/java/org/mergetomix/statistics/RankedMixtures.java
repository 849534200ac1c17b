package org.mergetomix.statistics;

import org.mergetomix.mixture.Mixture;

/**
 * A ranking that is looked up where needed and never held as a whole, as there may be very many
 * mixtures in it.
 */
public interface RankedMixtures {

  /** How many mixtures are ranked. */
  long size();

  /**
   * The mixture at a place.
   *
   * @param place 0 for the best, {@link #size()} - 1 for the worst
   */
  Mixture at(long place);

  /** Whether a mixture is among the ranked ones. */
  boolean contains(Mixture mixture);
}
