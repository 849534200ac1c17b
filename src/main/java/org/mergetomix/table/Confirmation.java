package org.mergetomix.table;

import org.mergetomix.score.Estimate;

/**
 * A model that was really fine-tuned, or the base, judged on examples that took no part in the
 * search.
 *
 * @param label what it stands for: {@code winner}, {@code base}, {@code all datasets}, {@code best
 *     single dataset}, {@code mean of random mixtures}
 * @param mixture the mixture it was fine-tuned on; empty for the base and for a mean
 * @param score its score on the confirm examples
 * @param winnerGain how much better the winner is, on the same examples; positive where the winner
 *     is better, 0 for the winner itself
 */
public record Confirmation(String label, String mixture, Estimate score, Estimate winnerGain) {}
