package org.mergetomix.statistics.decision;

import java.util.Collection;
import org.mergetomix.score.Estimate;

/**
 * What follows from how much worse mixtures are than the one chosen as the best, on the same
 * examples. Gaps are {@link org.mergetomix.score.Objective#gap}: positive where a mixture is worse.
 */
public final class PairedGap {

  private PairedGap() {}

  /**
   * Whether a mixture belongs to the tied set: the true best is in it in 95 % of cases or more. A
   * gap to a selected best is too narrow for other uses: where the two differ, it covers in three
   * cases of four only.
   */
  public static boolean tied(Estimate gap) {
    return gap.value() <= gap.margin();
  }

  /**
   * Whether a mixture is behind another one on every task, each gap beyond 1.96 errors. A mixture
   * that is really better on one of them is called so in 2.5 % of cases at most, whatever the
   * number of tasks.
   *
   * @param gaps to the other mixture, one a task
   */
  public static boolean behind(Collection<Estimate> gaps) {
    return gaps.stream().allMatch(gap -> gap.value() > gap.margin());
  }

  /**
   * What choosing the best so far can cost at most, with 95 % confidence: the greatest of 1.96
   * errors less the gap, at least 0.
   *
   * @param gaps of all other mixtures
   */
  public static double regretBound(Iterable<Estimate> gaps) {
    double bound = 0;
    for (Estimate gap : gaps) {
      bound = Math.max(bound, gap.margin() - gap.value());
    }
    return bound;
  }
}
