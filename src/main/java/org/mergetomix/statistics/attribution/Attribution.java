package org.mergetomix.statistics.attribution;

import org.mergetomix.score.Estimate;

/**
 * What each dataset does to the score, averaged over the mixtures it may join. Lower scores are
 * better, so a dataset that helps has a value below 0. Datasets are named by their coordinate in
 * {@link org.mergetomix.surface.Axes}.
 */
public interface Attribution {

  /**
   * The Shapley value: what the dataset adds when datasets join in a random order. The values of
   * all sum to the score of all together less that of the base.
   */
  Estimate shapley(int dataset);

  /** What the dataset adds to a subset of the others, every subset but the empty one alike. */
  Estimate mainEffect(int dataset);

  /**
   * How much less (above 0) or more (below 0) one dataset helps where the other is there already,
   * every subset of the rest but the empty one alike. Needs three datasets or more.
   */
  Estimate interaction(int first, int second);
}
