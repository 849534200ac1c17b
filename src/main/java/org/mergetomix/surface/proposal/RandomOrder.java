package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.mergetomix.mixture.Mixture;

/** Subsets at random, each as likely as any other, none twice: the yardstick of other searches. */
public final class RandomOrder implements Proposer {

  /** Where so many draws give nothing new, next to nothing is left. */
  private static final int PATIENCE = 10_000;

  private final AllowedSubsets allowed;
  private final int width;
  private final long seed;

  /**
   * A random search.
   *
   * @param width mixtures in a round, 1 or more
   */
  public RandomOrder(AllowedSubsets allowed, int width, long seed) {
    this.allowed = allowed;
    this.width = width;
    this.seed = seed;
  }

  @Override
  public SearchStep next(History history) {
    SplittableRandom generator = new SplittableRandom(seed);
    Set<Mixture> drawn = new HashSet<>();
    List<Mixture> proposed = new ArrayList<>();
    int without = 0;
    while (proposed.size() < width && without < PATIENCE && drawn.size() < allowed.count()) {
      Mixture mixture = allowed.axes().subset(allowed.random(generator));
      without++;
      if (drawn.add(mixture)) {
        without = 0;
        if (history.score(mixture).isEmpty()) {
          proposed.add(mixture);
        }
      }
    }
    return proposed.isEmpty()
        ? new SearchStep.Stop("every allowed subset was evaluated")
        : SearchStep.Evaluate.of(proposed);
  }
}
