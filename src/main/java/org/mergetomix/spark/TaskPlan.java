package org.mergetomix.spark;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.TextData;

/**
 * A task as executors see it.
 *
 * @param id the task's id
 * @param text the examples that rank the mixtures
 * @param digest sha256 of that file
 * @param confirm the examples that judge the winner; none or one
 * @param weight the task's weight in the score over all tasks
 */
record TaskPlan(String id, TextData text, String digest, List<ConfirmText> confirm, double weight)
    implements Serializable {

  /**
   * Examples that judge the winner.
   *
   * @param text how and where they are
   * @param digest sha256 of the file
   */
  record ConfirmText(TextData text, String digest) implements Serializable {}

  /** Everything about the task that decides a score. */
  String identity() {
    return "%s %s tokenizer=%s context=%d"
        .formatted(LanguageModelling.VERSION, digest, text.tokenizerName(), text.context());
  }
}
