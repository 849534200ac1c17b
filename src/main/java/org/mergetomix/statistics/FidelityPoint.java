package org.mergetomix.statistics;

import org.mergetomix.score.Estimate;

/**
 * One mixture that was both merged and really fine-tuned.
 *
 * @param mixture its id
 * @param role why it was picked: {@code best}, {@code worst}, {@code all}, {@code leave-one-out},
 *     {@code spread}
 * @param surrogate the score of the merged model
 * @param real the score of the model fine-tuned on the mixture, on the same examples
 */
public record FidelityPoint(String mixture, String role, Estimate surrogate, Estimate real) {}
