package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;

/**
 * A task as executors see it.
 *
 * @param id the task's id
 * @param kind what kind of task it is
 * @param text the examples that rank the mixtures
 * @param confirm the examples that judge the winner; none or one
 * @param term the task's part in the objective
 */
public record TaskPlan(
    String id, TaskKind kind, TextInput text, List<TextInput> confirm, Objective.Term term)
    implements Serializable {

  /** The examples of a split, of a fetched task; empty when it has none. */
  public Optional<TaskData> data(TaskSplit split) {
    return switch (split) {
      case SEARCH -> Optional.of(text.data());
      case CONFIRM -> confirm.stream().map(TextInput::data).findFirst();
    };
  }

  /** The same with its texts on this host. */
  public TaskPlan fetched(InputFiles files) {
    return new TaskPlan(
        id,
        kind,
        text.fetched(files),
        confirm.stream().map(examples -> examples.fetched(files)).toList(),
        term);
  }

  /** What it scores. */
  public Measure measure() {
    return term.measure();
  }

  /** Everything about the task that decides a score. */
  String identity() {
    return "%s %s tokenizer=%s context=%s"
        .formatted(kind.version(), text.identity(), text.tokenizer().identity(), text.context());
  }
}
