package org.mergetomix.report;

import org.mergetomix.table.RunRecord;

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

  /** What a run record says of it. */
  public static Cost of(RunRecord run) {
    long experts = run.run().datasets().size();
    long evaluated = run.counts().evaluated();
    long trained = run.counts().trained();
    return new Cost(
        evaluated,
        experts,
        trained,
        Math.max(0, evaluated - experts - trained),
        run.seconds().merge(),
        run.seconds().evaluate(),
        run.seconds().training(),
        run.seconds().wall());
  }

  /** Merging as a share of evaluating, 0.05 for 5 %; NaN when nothing was evaluated. */
  public double mergeShare() {
    return evaluateSeconds > 0 ? mergeSeconds / evaluateSeconds : Double.NaN;
  }
}
