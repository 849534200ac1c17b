package org.mergetomix.merge.combine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.mergetomix.tensor.Layout;

/**
 * Elects a sign for each element and merges the deltas that have it, as TIES does. Positive and
 * negative parts are summed apart, and so are their weights; the election is held at the end.
 *
 * <p>So that the loops are vectorised, they have no branches: a sign is a number that is multiplied
 * with, 1 or -1, and 0 for 0.
 */
public final class SignKernel implements Kernel {

  /** How the experts elect the sign: by the sign of a sum of deltas. */
  enum Vote {
    /** Each delta times its weight. */
    WEIGHTED,
    /** Each delta as it is, in a sum of its own. */
    UNWEIGHTED
  }

  /** What becomes of the deltas that agree. */
  public enum Agreeing {
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
  private final Tally balance = new Tally();

  private final Tally draws = new Tally();

  /** Of other threads, whose tallies count too. */
  private final List<SignKernel> others = new ArrayList<>();

  private final float[] signs = new float[Layout.CHUNK];
  private final float[] takeUp = new float[Layout.CHUNK];
  private final float[] takeDown = new float[Layout.CHUNK];
  private final float[] agreed = new float[Layout.CHUNK];
  private final float[] contested = new float[Layout.CHUNK];

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
      float positive = Math.max(delta[i], 0f);
      float negative = Math.min(delta[i], 0f);
      up[i] += weight * positive;
      down[i] += weight * negative;
      upWeight[i] += weight * Math.min(1f, positive * LARGE * LARGE);
      downWeight[i] += weight * Math.min(1f, negative * -LARGE * LARGE);
    }
    if (vote == Vote.UNWEIGHTED) {
      LinearKernel.add(sums[VOTES], delta, 1f, length);
    }
  }

  @Override
  public void finish(float[][] sums, float factor, float[] target, int length) {
    elect(sums, length);
    if (draw == Draw.MAJORITY) {
      count(sums[UP], length);
    }
    take(length);
    float[] up = sums[UP];
    float[] down = sums[DOWN];
    for (int i = 0; i < length; i++) {
      agreed[i] = takeUp[i] * up[i] + takeDown[i] * down[i];
    }
    if (agreeing == Agreeing.MEAN) {
      divide(sums[UP_WEIGHT], sums[DOWN_WEIGHT], length);
    }
    LinearKernel.add(target, agreed, factor, length);
  }

  /** Sets, for each element, 1 for the side that wins and 0 for the other. */
  private void take(int length) {
    // Until the majority is known, it is taken to be positive.
    float drawUp = draw == Draw.POSITIVE || draw == Draw.MAJORITY ? 1f : 0f;
    float drawDown = draw == Draw.NEGATIVE ? 1f : 0f;
    for (int i = 0; i < length; i++) {
      float elected = signs[i] * signs[i];
      takeUp[i] = (elected + signs[i]) * 0.5f + drawUp * (1f - elected);
      takeDown[i] = (elected - signs[i]) * 0.5f + drawDown * (1f - elected);
    }
  }

  /** Where nobody agrees, the sum is 0 too. */
  private void divide(float[] upWeight, float[] downWeight, int length) {
    for (int i = 0; i < length; i++) {
      float weight = takeUp[i] * upWeight[i] + takeDown[i] * downWeight[i];
      agreed[i] = agreed[i] / Math.max(weight, Float.MIN_NORMAL);
    }
  }

  /** Sets the sign that wins for each element, 0 in a draw. */
  private void elect(float[][] sums, int length) {
    if (vote == Vote.UNWEIGHTED) {
      float[] votes = sums[VOTES];
      for (int i = 0; i < length; i++) {
        signs[i] = sign(votes[i]);
      }
    } else {
      float[] up = sums[UP];
      float[] down = sums[DOWN];
      for (int i = 0; i < length; i++) {
        signs[i] = sign(up[i] + down[i]);
      }
    }
  }

  private void count(float[] up, int length) {
    balance.add(signs, length);
    for (int i = 0; i < length; i++) {
      contested[i] = (1f - signs[i] * signs[i]) * Math.min(1f, up[i] * LARGE * LARGE);
    }
    draws.add(contested, length);
  }

  @Override
  public Kernel forAnotherThread() {
    SignKernel other = new SignKernel(vote, agreeing, draw);
    others.add(other);
    return other;
  }

  @Override
  public Optional<Kernel> secondThought() {
    long drawn = total(kernel -> kernel.draws);
    long balanced = total(kernel -> kernel.balance);
    if (draw != Draw.MAJORITY || drawn == 0 || balanced > 0) {
      return Optional.empty();
    }
    return Optional.of(new SignKernel(vote, agreeing, balanced < 0 ? Draw.NEGATIVE : Draw.NOBODY));
  }

  private long total(Function<SignKernel, Tally> tally) {
    long own = tally.apply(this).total();
    return own + others.stream().mapToLong(other -> tally.apply(other).total()).sum();
  }

  /** 1 for a positive number however small, -1 for a negative one, 0 for 0, NaN for NaN. */
  private static float sign(float value) {
    return Math.min(1f, Math.max(-1f, value * LARGE * LARGE));
  }
}
