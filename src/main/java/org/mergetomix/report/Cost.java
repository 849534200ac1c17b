package org.mergetomix.report;

/**
 * What a run spent, and what it saved. Seconds of merging, evaluating and training are summed over
 * tasks, so where tasks run side by side they exceed the wall time.
 *
 * @param mixturesEvaluated surrogates that were evaluated
 * @param expertsTrained experts that the run stands on, one a dataset, whether trained now, before,
 *     or given
 * @param realTrainings mixtures really fine-tuned, for the winner and for fidelity
 * @param trainingsSaved trainings that trying each evaluated mixture would have needed, less those
 *     that were made
 * @param mergeSeconds merging and writing the parameters
 * @param evaluateSeconds evaluating surrogates
 * @param trainingSeconds really fine-tuning mixtures; experts left out
 * @param wallSeconds from start to end
 */
public record Cost(
    long mixturesEvaluated,
    long expertsTrained,
    long realTrainings,
    long trainingsSaved,
    double mergeSeconds,
    double evaluateSeconds,
    double trainingSeconds,
    double wallSeconds) {

  /** Merging as a share of evaluating, 0.05 for 5 %; NaN when nothing was evaluated. */
  public double mergeShare() {
    return evaluateSeconds > 0 ? mergeSeconds / evaluateSeconds : Double.NaN;
  }
}
