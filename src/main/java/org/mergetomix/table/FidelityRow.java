package org.mergetomix.table;

import org.mergetomix.score.Estimate;

/**
 * A row of the fidelity table: one model that was really fine-tuned, or the base.
 *
 * @param mixture what it was fine-tuned on; empty for the base
 * @param role why it was picked: {@code base}, {@code single}, {@code best}, {@code worst}, {@code
 *     all}, {@code leave-one-out}, {@code spread}, {@code planned}; {@code given} where it was
 *     trained elsewhere
 * @param surrogate the score of the mixture's surrogate; for the base its own score
 * @param real the score of the fine-tuned model on the same examples; the mean over the seeds
 * @param seeds with how many seeds it was trained
 * @param seedDeviation of the real score from seed to seed; NaN where there is one
 * @param corrected what a correction that did not know this training expected it to score; NaN
 *     where there is none
 * @param confirm its score on the confirm examples; NaN when there are none
 * @param trainSeconds how long it was trained for; 0 when it was there already
 * @param model the file of the fine-tuned model
 */
public record FidelityRow(
    String mixture,
    String role,
    Estimate surrogate,
    Estimate real,
    int seeds,
    double seedDeviation,
    double corrected,
    Estimate confirm,
    double trainSeconds,
    String model) {

  /** A model that was there once: a base, an expert, or what was trained elsewhere. */
  public static FidelityRow once(
      String mixture,
      String role,
      Estimate surrogate,
      Estimate real,
      Estimate confirm,
      String model) {
    return new FidelityRow(
        mixture, role, surrogate, real, 1, Double.NaN, Double.NaN, confirm, 0, model);
  }

  /** This row with what a correction expected of it. */
  public FidelityRow expected(double score) {
    return new FidelityRow(
        mixture, role, surrogate, real, seeds, seedDeviation, score, confirm, trainSeconds, model);
  }
}
