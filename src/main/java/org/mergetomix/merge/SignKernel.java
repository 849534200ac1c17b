package org.mergetomix.merge;

import java.util.Optional;

/**
 * Elects a sign for each element and merges the deltas that have it, as TIES does. Positive and
 * negative parts are summed apart, and so are their weights; the election is held at the end.
 *
 * <p>The loops have no branches, so that they can be vectorised: {@link #any} is 1 for every
 * positive number, else 0.
 */
final class SignKernel implements Kernel {

  /** How the experts elect the sign: by the sign of a sum of deltas. */
  enum Vote {
    /** Each delta times its weight. */
    WEIGHTED,
    /** Each delta as it is, in a sum of its own. */
    UNWEIGHTED
  }

  /** What becomes of the deltas that agree. */
  enum Agreeing {
    /** Their weighted mean. */
    MEAN,
    /** Their weighted sum. */
    SUM
  }

  /** Which sign wins where the sum of the votes is 0. */
  enum Draw {
    POSITIVE,
    NEGATIVE,
    /** Neither: the merged delta is 0. */
    NOBODY,
    /** The sign that most elements of the model have; known after a first pass. */
    MAJORITY
  }

  private static final int UP = 0;
  private static final int DOWN = 1;
  private static final int UP_WEIGHT = 2;
  private static final int DOWN_WEIGHT = 3;
  private static final int VOTES = 4;

  private static final float LARGE = 0x1p100f;

  private final Vote vote;
  private final Agreeing agreeing;
  private final Draw draw;

  /** Positive minus negative elements, and contested draws, as seen so far. */
  private long balance;

  private long draws;

  SignKernel(Vote vote, Agreeing agreeing, Draw draw) {
    this.vote = vote;
    this.agreeing = agreeing;
    this.draw = draw;
  }

  @Override
  public int sums() {
    return vote == Vote.UNWEIGHTED ? 5 : 4;
  }

  @Override
  public void accumulate(float[][] sums, float[] delta, float weight, int length) {
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    float[] upWeight = sums[UP_WEIGHT];
    float[] downWeight = sums[DOWN_WEIGHT];
    for (int i = 0; i < length; i++) {
      up[i] += weight * Math.max(delta[i], 0f);
    }
    for (int i = 0; i < length; i++) {
      down[i] += weight * Math.min(delta[i], 0f);
    }
    for (int i = 0; i < length; i++) {
      upWeight[i] += weight * any(delta[i]);
    }
    for (int i = 0; i < length; i++) {
      downWeight[i] += weight * any(-delta[i]);
    }
    if (vote == Vote.UNWEIGHTED) {
      LinearKernel.add(sums[VOTES], delta, 1f, length);
    }
  }

  @Override
  public void finish(float[][] sums, float factor, float[] merged, int length) {
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    if (vote == Vote.UNWEIGHTED) {
      System.arraycopy(sums[VOTES], 0, merged, 0, length);
    } else {
      for (int i = 0; i < length; i++) {
        merged[i] = up[i] + down[i];
      }
    }
    if (draw == Draw.MAJORITY) {
      count(merged, up, length);
    }
    // Until the majority is known, it is taken to be positive.
    float drawUp = draw == Draw.POSITIVE || draw == Draw.MAJORITY ? 1f : 0f;
    float drawDown = draw == Draw.NEGATIVE ? 1f : 0f;
    switch (agreeing) {
      case MEAN -> mean(sums, drawUp, drawDown, factor, merged, length);
      case SUM -> sum(up, down, drawUp, drawDown, factor, merged, length);
    }
  }

  private static void sum(
      float[] up,
      float[] down,
      float drawUp,
      float drawDown,
      float factor,
      float[] merged,
      int length) {
    for (int i = 0; i < length; i++) {
      float above = any(merged[i]);
      float below = any(-merged[i]);
      float drawn = 1f - above - below;
      merged[i] =
          factor * ((above + drawn * drawUp) * up[i] + (below + drawn * drawDown) * down[i]);
    }
  }

  private static void mean(
      float[][] sums, float drawUp, float drawDown, float factor, float[] merged, int length) {
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    float[] upWeight = sums[UP_WEIGHT];
    float[] downWeight = sums[DOWN_WEIGHT];
    for (int i = 0; i < length; i++) {
      float above = any(merged[i]);
      float below = any(-merged[i]);
      float drawn = 1f - above - below;
      float takeUp = above + drawn * drawUp;
      float takeDown = below + drawn * drawDown;
      // Where nobody agrees, the sum is 0 too.
      float weight = Math.max(takeUp * upWeight[i] + takeDown * downWeight[i], Float.MIN_NORMAL);
      merged[i] = factor * ((takeUp * up[i] + takeDown * down[i]) / weight);
    }
  }

  private void count(float[] votes, float[] up, int length) {
    int positive = 0;
    int contested = 0;
    for (int i = 0; i < length; i++) {
      int above = (int) any(votes[i]);
      int below = (int) any(-votes[i]);
      positive += above - below;
      contested += (1 - above - below) * (int) any(up[i]);
    }
    balance += positive;
    draws += contested;
  }

  @Override
  public Optional<Kernel> secondThought() {
    if (draw != Draw.MAJORITY || draws == 0 || balance > 0) {
      return Optional.empty();
    }
    return Optional.of(new SignKernel(vote, agreeing, balance < 0 ? Draw.NEGATIVE : Draw.NOBODY));
  }

  /** 1 for a positive number however small, 0 for 0 and below, NaN for NaN. */
  private static float any(float value) {
    return Math.min(1f, Math.max(value, 0f) * LARGE * LARGE);
  }
}
