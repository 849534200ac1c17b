package org.mergetomix.table;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.mergetomix.score.Estimate;

/**
 * A row of the ranked table: one mixture, judged by its surrogate.
 *
 * @param rank 1 for the best; empty for a mixture that failed
 * @param mixture the mixture's id
 * @param datasets its datasets in ascending order
 * @param weights their weights, in the same order; they sum to 1
 * @param score weighted mean over the tasks, with its error; NaN for a mixture that failed
 * @param gap how much worse than the best mixture, on the same examples, with the error of that
 *     paired difference; 0 for the best itself
 * @param interval where it could stand; empty for a mixture that failed, and where there are too
 *     many to say
 * @param front where it stands beside the Pareto front over the tasks
 * @param taskScores score per task id
 * @param examples how many examples it saw, of all tasks together
 * @param dropped whether it left a race before it saw all: then its score is that of the best one
 *     and its gap, which is what the examples that it saw say; it ranks after those that saw all
 * @param status whether the mixture was evaluated
 * @param error why it failed; empty when it did not
 * @param mergeSeconds time spent in merging and writing the parameters
 * @param evaluateSeconds time spent in evaluating, all tasks together
 */
public record RankedRow(
    OptionalLong rank,
    String mixture,
    List<String> datasets,
    List<Double> weights,
    Estimate score,
    Estimate gap,
    Optional<RankInterval> interval,
    FrontPlace front,
    SortedMap<String, Estimate> taskScores,
    long examples,
    boolean dropped,
    RowStatus status,
    String error,
    double mergeSeconds,
    double evaluateSeconds) {

  /**
   * Whether the examples cannot tell it from the best one: its gap is within 1.96 errors. The true
   * best is among these in 95 % of cases or more. False where errors are not known, and for one
   * that left a race: what it saw was enough to leave it out.
   */
  public boolean tied() {
    return !dropped && gap.value() <= gap.margin();
  }

  /** How many datasets the mixture has. */
  public int size() {
    return datasets.size();
  }
}
