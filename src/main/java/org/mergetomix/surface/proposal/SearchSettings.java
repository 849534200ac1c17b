package org.mergetomix.surface.proposal;

/**
 * How a surface searches.
 *
 * @param width mixtures in a round, 1 or more
 * @param soupWidth most mixtures in a round of the ordered soup, 1 or more
 * @param tolerance a share of the best score's size: less than that is not worth a round
 * @param seed of the random starts
 */
public record SearchSettings(int width, int soupWidth, double tolerance, long seed) {

  private static final int FEW_DATASETS = 12;

  public SearchSettings {
    if (width < 1 || soupWidth < 1) {
      throw new IllegalArgumentException("width " + width + ", soup width " + soupWidth);
    }
  }

  /** What worked for this number of datasets. */
  public static SearchSettings of(int datasets, long seed) {
    return new SearchSettings(datasets <= FEW_DATASETS ? 4 : 8, 1, 0.0003, seed);
  }
}
