package org.mergetomix.spark.round;

import java.time.Duration;

/**
 * How many mixtures a round has, so that it takes about 20 seconds: long enough for its start and
 * its commit to cost little, short enough for a crash to lose little.
 *
 * @param mixtures in the next round, about
 * @param fewest that any round gets
 */
record RoundLength(long mixtures, long fewest) {

  private static final Duration AIM = Duration.ofSeconds(20);
  private static final long LARGEST = 1 << 16;

  /** The first rounds are slow for what they are: executors load, and Java compiles. */
  private static final double FASTEST_GROWTH = 8;

  private static final long FEWEST_PER_SLOT = 16;
  private static final long FEWEST = 32;

  /** The first round of a search on so many task slots. */
  static RoundLength first(int slots) {
    long fewest = Math.max(FEWEST, FEWEST_PER_SLOT * slots);
    return new RoundLength(fewest, fewest);
  }

  /** Of so many that are left; a rest that is small beside the round goes with it. */
  long of(long left) {
    return left <= mixtures + mixtures / 2 ? left : mixtures;
  }

  /** What follows a full round that took so long. */
  RoundLength after(Duration taken) {
    double seconds = Math.max(taken.toMillis(), 1) / 1e3;
    double growth = Math.min(AIM.toSeconds() / seconds, FASTEST_GROWTH);
    long wanted = Math.min((long) (growth * mixtures), LARGEST);
    return new RoundLength(Math.max(wanted, fewest), fewest);
  }
}
