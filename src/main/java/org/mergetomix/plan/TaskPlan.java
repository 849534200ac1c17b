package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.Holdout;
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
 * @param holdout which of the examples judge the winner, where both are the same data; none or one
 * @param shots what worked examples are taken from; none, for the examples themselves, or one
 * @param term the task's part in the objective
 */
public record TaskPlan(
    String id,
    TaskKind kind,
    TextInput text,
    List<TextInput> confirm,
    List<Holdout> holdout,
    List<TextInput> shots,
    Objective.Term term)
    implements Serializable {

  /** The examples of a split, of a fetched task; empty when it has none. */
  public Optional<TaskData> data(TaskSplit split) {
    return switch (split) {
      case SEARCH -> Optional.of(data(text, split));
      case CONFIRM -> confirm.stream().map(input -> data(input, split)).findFirst();
    };
  }

  private TaskData data(TextInput input, TaskSplit split) {
    return new TaskData(
        input.text(),
        input.digest(),
        holdout.stream().map(share -> new TaskData.Part(share, split)).toList(),
        shots.stream().flatMap(worked -> worked.text().files().stream()).toList());
  }

  /** The same with its texts on this host. */
  public TaskPlan fetched(InputFiles files) {
    return new TaskPlan(
        id,
        kind,
        text.fetched(files),
        confirm.stream().map(examples -> examples.fetched(files)).toList(),
        holdout,
        shots.stream().map(worked -> worked.fetched(files)).toList(),
        term);
  }

  /** What it scores. */
  public Measure measure() {
    return term.measure();
  }

  /** Everything about the task that decides a score. */
  String identity() {
    return "%s %s tokenizer=%s context=%s%s%s"
        .formatted(
            kind.version(),
            text.identity(),
            text.tokenizer().identity(),
            text.context(),
            holdout.stream().map(share -> " " + share.identity()).collect(Collectors.joining()),
            shots.stream()
                .map(worked -> " shots=" + worked.identity())
                .collect(Collectors.joining()));
  }
}
