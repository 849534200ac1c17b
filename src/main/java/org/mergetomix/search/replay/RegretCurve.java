package org.mergetomix.search.replay;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Regret against budget, of one way to search, over repetitions with other seeds.
 *
 * @param name of the strategy
 * @param outcomes one a repetition, at least one
 */
public record RegretCurve(String name, List<Replay.Outcome> outcomes) {

  public RegretCurve {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Numbers of several repetitions.
   *
   * @param median the middle one; of an even number of them the better of the two
   * @param worst the greatest
   */
  public record Spread(double median, double worst) {

    private static Spread of(DoubleStream values) {
      double[] sorted = values.sorted().toArray();
      return new Spread(sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
    }
  }

  /** The regret after so many evaluations; infinite where a search has no answer by then. */
  public Spread regretAt(double budget) {
    return of(outcome -> regret(outcome, budget).orElse(Double.POSITIVE_INFINITY));
  }

  private static OptionalDouble regret(Replay.Outcome outcome, double budget) {
    return outcome.steps().stream()
        .filter(step -> step.cost() <= budget)
        .mapToDouble(Replay.Step::regret)
        .reduce((earlier, later) -> later);
  }

  /** A number of every repetition. */
  public Spread of(ToDoubleFunction<Replay.Outcome> number) {
    return Spread.of(outcomes.stream().mapToDouble(number));
  }

  /** What all evaluations cost together. */
  public Spread cost() {
    return of(outcome -> outcome.last().cost());
  }

  /** The regret in the end. */
  public Spread regret() {
    return of(outcome -> outcome.last().regret());
  }

  /** In how many repetitions the choice is the best one, or cannot be told from it. */
  public long tied() {
    return outcomes.stream().filter(Replay.Outcome::tied).count();
  }

  /** Every cost at which a repetition had an answer, ascending. */
  public double[] costs() {
    double[] costs =
        outcomes.stream()
            .flatMap(outcome -> outcome.steps().stream())
            .mapToDouble(Replay.Step::cost)
            .distinct()
            .toArray();
    Arrays.sort(costs);
    return costs;
  }
}
