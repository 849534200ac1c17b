package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.Thousandths;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.Walk;

/**
 * Ratios that a surface expects to be better than subsets: its mean is minimised over the simplex,
 * from the best mixtures that were evaluated, by moving weight from one dataset to another in ever
 * smaller steps. A prediction is no score: what comes out is to be evaluated, and confirmed on
 * examples that took no part.
 */
public final class RatioRefinement {

  private static final int STARTS = 6;
  private static final double LEAST_WEIGHT = 0.02;
  private static final double[] STEPS = {.2, .1, .05, .02, .01, .005, .002, .001};

  private final AllowedSubsets allowed;
  private final Surface surface;

  /** Ratios between datasets that are allowed together. */
  public RatioRefinement(AllowedSubsets allowed, Surface surface) {
    this.allowed = allowed;
    this.surface = surface;
  }

  /**
   * The minima found, the lowest expected score first, none that was evaluated before. Weights are
   * whole thousandths that sum to 1, none is under 0.02.
   *
   * @param seen what was evaluated, at least one allowed mixture
   */
  public List<Mixture> minima(List<Observation> seen) {
    Axes axes = allowed.axes();
    Map<Mixture, Double> means = new LinkedHashMap<>();
    seen.stream()
        .filter(one -> allowed.allows(one.mixture()))
        .sorted(Comparator.comparingDouble(Observation::score))
        .limit(STARTS)
        .map(one -> rounded(axes.weights(one.mixture())))
        .forEach(weights -> means.put(axes.mixture(weights), surface.mean(weights)));
    seen.forEach(one -> means.remove(one.mixture()));
    List<Mixture> ascending = new ArrayList<>(means.keySet());
    ascending.sort(Comparator.comparingDouble(means::get));
    return ascending;
  }

  private double[] rounded(double[] start) {
    double[] weights = start.clone();
    descend(weights, dataset -> allowed.isRequired(dataset) || allowed.isFree(dataset), 0);
    double[] kept = supported(weights);
    descend(kept, dataset -> kept[dataset] > 0, LEAST_WEIGHT);
    return Thousandths.shares(Thousandths.of(kept, 0));
  }

  /** Leaves out small weights, as far as the bounds allow, and lifts those that have to stay. */
  private double[] supported(double[] weights) {
    List<Integer> order =
        IntStream.range(0, weights.length)
            .filter(dataset -> weights[dataset] > 0 || allowed.isRequired(dataset))
            .boxed()
            .sorted(
                Comparator.comparing((Integer dataset) -> !allowed.isRequired(dataset))
                    .thenComparing(dataset -> -weights[dataset]))
            .toList();
    double[] kept = new double[weights.length];
    for (int place = 0; place < Math.min(order.size(), allowed.maximum()); place++) {
      int dataset = order.get(place);
      boolean stays = place < allowed.minimum() || allowed.isRequired(dataset);
      if (stays || weights[dataset] >= LEAST_WEIGHT) {
        kept[dataset] = Math.max(LEAST_WEIGHT, weights[dataset]);
      }
    }
    int greatest = 0;
    double missing = 1;
    for (int dataset = 0; dataset < kept.length; dataset++) {
      greatest = kept[dataset] > kept[greatest] ? dataset : greatest;
      missing -= kept[dataset];
    }
    kept[greatest] += missing;
    return kept;
  }

  /** Moves weight as long as that helps, in place. */
  private void descend(double[] weights, IntPredicate receives, double least) {
    Walk walk = surface.walk(weights);
    for (double step : STEPS) {
      boolean moved = true;
      while (moved) {
        moved = moved(walk, weights, receives, least, step);
      }
    }
  }

  /** Makes the best move of this size, and says whether there was one. */
  private static boolean moved(
      Walk walk, double[] weights, IntPredicate receives, double least, double step) {
    double here = walk.mean();
    double best = here - 1e-10 * Math.abs(here);
    int from = -1;
    int to = -1;
    for (int donor = 0; donor < weights.length; donor++) {
      double amount = Math.min(step, weights[donor] - least);
      for (int other = 0; amount > 1e-9 && other < weights.length; other++) {
        if (other != donor && receives.test(other)) {
          double mean = walk.meanAfter(donor, -amount, other, amount);
          if (mean < best) {
            best = mean;
            from = donor;
            to = other;
          }
        }
      }
    }
    if (from < 0) {
      return false;
    }
    double amount = Math.min(step, weights[from] - least);
    walk.move(from, -amount, to, amount);
    weights[from] -= amount;
    weights[to] += amount;
    return true;
  }
}
