package org.mergetomix.table;

import org.mergetomix.score.Estimate;

/**
 * A row of the fidelity table: one model that was really fine-tuned, or the base.
 *
 * @param mixture what it was fine-tuned on; empty for the base
 * @param role why it was picked: {@code base}, {@code single}, {@code best}, {@code worst}, {@code
 *     all}, {@code leave-one-out}, {@code spread}
 * @param surrogate the score of the mixture's surrogate; for the base its own score
 * @param real the score of the fine-tuned model on the same examples
 * @param confirm its score on the confirm examples; NaN when there are none
 * @param trainSeconds how long it was trained for; 0 when it was there already
 * @param model the file of the fine-tuned model
 */
public record FidelityRow(
    String mixture,
    String role,
    Estimate surrogate,
    Estimate real,
    Estimate confirm,
    double trainSeconds,
    String model) {}
