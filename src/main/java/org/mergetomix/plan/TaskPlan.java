package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.LanguageModelling;

/**
 * A task as executors see it.
 *
 * @param id the task's id
 * @param text the examples that rank the mixtures
 * @param confirm the examples that judge the winner; none or one
 * @param weight the task's weight in the score over all tasks
 */
public record TaskPlan(String id, TextInput text, List<TextInput> confirm, double weight)
    implements Serializable {

  TaskPlan fetched(InputFiles files) {
    return new TaskPlan(
        id,
        text.fetched(files),
        confirm.stream().map(examples -> examples.fetched(files)).toList(),
        weight);
  }

  /** Everything about the task that decides a score. */
  String identity() {
    return "%s %s tokenizer=%s context=%d"
        .formatted(LanguageModelling.VERSION, text.digest(), text.tokenizer(), text.context());
  }
}
