package org.mergetomix.analysis;

import java.util.Objects;
import org.mergetomix.score.Estimate;

/**
 * A model that was really fine-tuned (or the base itself), judged on the confirm half: examples
 * that had no part in choosing the mixture.
 *
 * @param label what stands for what: {@code winner}, {@code base}, {@code all datasets}, {@code
 *     best single dataset}, {@code mean of random mixtures}
 * @param mixture the id of the mixture it was fine-tuned on; empty where there is none, as for the
 *     base
 * @param score its score on the confirm half
 */
public record Confirmation(String label, String mixture, Estimate score) {

  public Confirmation {
    Objects.requireNonNull(label);
    Objects.requireNonNull(mixture);
    Objects.requireNonNull(score);
  }
}
