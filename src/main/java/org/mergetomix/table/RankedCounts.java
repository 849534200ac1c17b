package org.mergetomix.table;

/**
 * How many mixtures a ranked table has of each kind.
 *
 * @param failed without a rank
 * @param tied those that the examples cannot tell from the best one, itself among them
 * @param seen how many examples those with a rank saw
 */
public record RankedCounts(long failed, long tied, SeenExamples seen) {

  /** How many have a rank: all but the failed ones. */
  public long ranked() {
    return seen.total();
  }
}
