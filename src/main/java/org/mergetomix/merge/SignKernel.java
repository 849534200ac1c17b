package org.mergetomix.merge;

import java.util.Optional;

/**
 * Elects a sign for each element and merges the deltas that have it, as TIES does. Positive and
 * negative parts are summed apart, and so are their weights; the election is held at the end.
 *
 * <p>The loops have no branches and do little each, so that they are vectorised; {@link #any} is 1
 * for every positive number, else 0.
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

  private final float[] votes = new float[Layout.CHUNK];
  private final float[] takeUp = new float[Layout.CHUNK];
  private final float[] takeDown = new float[Layout.CHUNK];

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
    elect(sums, length);
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    for (int i = 0; i < length; i++) {
      merged[i] = takeUp[i] * up[i] + takeDown[i] * down[i];
    }
    if (agreeing == Agreeing.MEAN) {
      divide(merged, sums[UP_WEIGHT], sums[DOWN_WEIGHT], length);
    }
    if (factor != 1f) {
      for (int i = 0; i < length; i++) {
        merged[i] *= factor;
      }
    }
  }

  /** Sets, for each element, 1 for the side that wins and 0 for the other. */
  private void elect(float[][] sums, int length) {
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    if (vote == Vote.UNWEIGHTED) {
      System.arraycopy(sums[VOTES], 0, votes, 0, length);
    } else {
      for (int i = 0; i < length; i++) {
        votes[i] = up[i] + down[i];
      }
    }
    for (int i = 0; i < length; i++) {
      takeUp[i] = any(votes[i]);
    }
    for (int i = 0; i < length; i++) {
      takeDown[i] = any(-votes[i]);
    }
    switch (draw) {
      case POSITIVE -> takeTheOthers(takeUp, takeDown, length);
      case NEGATIVE -> takeTheOthers(takeDown, takeUp, length);
      case NOBODY -> {}
      case MAJORITY -> {
        count(up, length);
        // Until the majority is known, it is taken to be positive.
        takeTheOthers(takeUp, takeDown, length);
      }
    }
  }

  private static void takeTheOthers(float[] take, float[] leave, int length) {
    for (int i = 0; i < length; i++) {
      take[i] = 1f - leave[i];
    }
  }

  /** Where nobody agrees, the sum is 0 too. */
  private void divide(float[] sum, float[] upWeight, float[] downWeight, int length) {
    for (int i = 0; i < length; i++) {
      votes[i] = takeUp[i] * upWeight[i] + takeDown[i] * downWeight[i];
    }
    for (int i = 0; i < length; i++) {
      sum[i] = sum[i] / Math.max(votes[i], Float.MIN_NORMAL);
    }
  }

  private void count(float[] up, int length) {
    for (int i = 0; i < length; i++) {
      votes[i] = takeUp[i] - takeDown[i];
    }
    balance += total(votes, length);
    for (int i = 0; i < length; i++) {
      votes[i] = 1f - Math.abs(votes[i]);
    }
    for (int i = 0; i < length; i++) {
      votes[i] *= any(up[i]);
    }
    draws += total(votes, length);
  }

  /** Of small whole numbers, which float32 adds exactly; in lanes that do not wait. */
  private static long total(float[] values, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < length; i++) {
      a += values[i];
    }
    return (long) (a + b + c + d);
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
