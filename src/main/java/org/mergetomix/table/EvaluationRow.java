package org.mergetomix.table;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;

/**
 * A row of the evaluations table: one mixture's surrogate on one task.
 *
 * @param index the mixture's place in the mixture space
 * @param key made of everything that decides the score: digests of the inputs, method, task and
 *     evaluator version
 * @param mixture the mixture's id
 * @param datasets its datasets in ascending order
 * @param weights their weights, in the same order; they sum to 1
 * @param task the task's id
 * @param status whether there is a score
 * @param error why there is none; empty when there is one
 * @param scores the score per example; one entry, or none for a failed row
 * @param mergeSeconds time spent in merging and writing the parameters; counted in the row of the
 *     mixture's first task, 0 in the others
 * @param evaluateSeconds time spent in evaluating this task
 * @param device the kind of device that it was evaluated on, {@code cpu} or {@code gpu}: only on
 *     one kind do scores repeat to the last bit; empty for a failed row
 */
public record EvaluationRow(
    long index,
    String key,
    String mixture,
    List<String> datasets,
    List<Double> weights,
    String task,
    RowStatus status,
    String error,
    List<ExampleScores> scores,
    double mergeSeconds,
    double evaluateSeconds,
    String device)
    implements Serializable {

  public EvaluationRow {
    datasets = List.copyOf(datasets);
    weights = List.copyOf(weights);
    scores = List.copyOf(scores);
  }

  /** The row of a mixture that was evaluated. */
  public static EvaluationRow scored(
      long index,
      String key,
      Mixture mixture,
      String task,
      ExampleScores scores,
      double mergeSeconds,
      double evaluateSeconds,
      String device) {
    return new EvaluationRow(
        index,
        key,
        mixture.id(),
        mixture.datasets(),
        mixture.weights(),
        task,
        RowStatus.OK,
        "",
        List.of(scores),
        mergeSeconds,
        evaluateSeconds,
        device);
  }

  /** The row of a mixture that could not be merged or evaluated. */
  public static EvaluationRow failed(
      long index, String key, Mixture mixture, String task, String error) {
    return new EvaluationRow(
        index,
        key,
        mixture.id(),
        mixture.datasets(),
        mixture.weights(),
        task,
        RowStatus.FAILED,
        error,
        List.of(),
        0,
        0,
        "");
  }

  /** The scores, unless the row is a failed one. */
  public Optional<ExampleScores> exampleScores() {
    return scores.stream().findFirst();
  }

  /** The score with its error; NaN for a failed row. */
  public Estimate score() {
    return exampleScores().map(ExampleScores::mean).orElse(new Estimate(Double.NaN, Double.NaN));
  }
}
