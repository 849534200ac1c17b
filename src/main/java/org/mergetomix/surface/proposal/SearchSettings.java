package org.mergetomix.surface.proposal;

import java.io.Serializable;

/**
 * How a surface searches.
 *
 * @param width mixtures in a round, 1 or more
 * @param soupWidth most mixtures in a round of the ordered soup, 1 or more
 * @param tolerance a share of the best score's size: less than that is not worth a round
 * @param seed of the random starts
 */
public record SearchSettings(int width, int soupWidth, double tolerance, long seed)
    implements Serializable {

  private static final int FEW_DATASETS = 12;

  public SearchSettings {
    if (width < 1 || soupWidth < 1) {
      throw new IllegalArgumentException("width " + width + ", soup width " + soupWidth);
    }
  }

  /**
   * What worked for this number of datasets. With many of them the last tenth of a percent costs
   * more rounds than it is worth, and so the tolerance is wider.
   */
  public static SearchSettings of(int datasets, long seed) {
    return datasets <= FEW_DATASETS
        ? new SearchSettings(4, 1, 0.0003, seed)
        : new SearchSettings(8, 1, 0.001, seed);
  }
}
