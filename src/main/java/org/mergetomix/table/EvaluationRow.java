package org.mergetomix.table;

import java.io.Serializable;
import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Subgroup;

/**
 * A row of the evaluations table: what one measure of one task says of one mixture's surrogate, on
 * a range of the task's examples.
 *
 * @param key made of everything that decides the scores: digests of the inputs, the merge method,
 *     the task, the engine; not of the range, which stands beside it
 * @param mixture what was merged; the one without datasets is the base
 * @param task the task's id
 * @param measure the measure's name
 * @param range which examples were seen, whole blocks of them
 * @param strategy the id of the strategy that asked for it
 * @param number which of that strategy's rounds it belongs to, from 1
 * @param status whether there are scores
 * @param error why there are none; empty when there are
 * @param scores a score per example of the range, in order; none for a failed row
 * @param mergeSeconds time spent in merging and writing the parameters; counted in the first row of
 *     a mixture's evaluation, 0 in the others
 * @param evaluateSeconds time spent in evaluating; counted in the first row of a task's evaluation
 * @param device the kind of device that it was evaluated on, {@code cpu} or {@code gpu}: only on
 *     one kind do scores repeat to the last bit; empty for a failed row
 */
public record EvaluationRow(
    String key,
    Mixture mixture,
    String task,
    String measure,
    ExampleRange range,
    String strategy,
    int number,
    RowStatus status,
    String error,
    ExampleValues scores,
    double mergeSeconds,
    double evaluateSeconds,
    String device)
    implements Serializable {

  /** This row with an error in place of its scores. */
  public EvaluationRow failed(String why) {
    return with(RowStatus.FAILED, why, ExampleValues.NONE, mergeSeconds, evaluateSeconds, "");
  }

  /** This row with the time that merging its mixture took. */
  public EvaluationRow merged(double seconds) {
    return with(status, error, scores, seconds, evaluateSeconds, device);
  }

  /** This row with the time that evaluating its task took. */
  public EvaluationRow evaluated(double seconds) {
    return with(status, error, scores, mergeSeconds, seconds, device);
  }

  /** This row in another run, which spent no time on it. */
  public EvaluationRow takenOver(String asker) {
    return new EvaluationRow(
        key, mixture, task, measure, range, asker, 1, status, error, scores, 0, 0, device);
  }

  /**
   * This row as one of a subgroup of its task's examples: its range counts these alone. Empty where
   * none of them is in its range.
   */
  Optional<EvaluationRow> among(Subgroup subgroup) {
    return subgroup
        .range(task, range)
        .map(
            within ->
                new EvaluationRow(
                    key,
                    mixture,
                    task,
                    measure,
                    within,
                    strategy,
                    number,
                    status,
                    error,
                    status == RowStatus.OK ? subgroup.values(task, range, scores) : scores,
                    mergeSeconds,
                    evaluateSeconds,
                    device));
  }

  private EvaluationRow with(
      RowStatus itsStatus,
      String itsError,
      ExampleValues itsScores,
      double merging,
      double evaluating,
      String itsDevice) {
    return new EvaluationRow(
        key,
        mixture,
        task,
        measure,
        range,
        strategy,
        number,
        itsStatus,
        itsError,
        itsScores,
        merging,
        evaluating,
        itsDevice);
  }
}
