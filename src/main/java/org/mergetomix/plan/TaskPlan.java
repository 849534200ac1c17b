package org.mergetomix.plan;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.HarnessQuestions;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TaskExample;
import org.mergetomix.evaluation.TaskKind;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.table.RunRecord;

/** A task as executors see it. */
public sealed interface TaskPlan extends Serializable {

  /** The task's id. */
  default String id() {
    return term().task();
  }

  /** The task's part in the objective. */
  Objective.Term term();

  /** What ranks of what it scores. */
  default Measure measure() {
    return term().measure();
  }

  /** Everything that it scores. */
  List<Measure> measures();

  /** Whether it has examples that judge the winner. */
  boolean confirms();

  /** The same with its texts on this host. */
  TaskPlan fetched(InputFiles files);

  /**
   * The examples that rank the mixtures, of a fetched task.
   *
   * @throws org.mergetomix.problem.UserException if the data is missing or broken
   */
  List<TaskExample> examples();

  /**
   * What is asked in a split, of a fetched task; empty when it has no such examples.
   *
   * @throws org.mergetomix.problem.UserException as {@link #examples}
   */
  Optional<TaskQuestions> questions(TaskSplit split);

  /** Everything about the task that decides a score. */
  String identity();

  /** What it reads, for the run record. */
  List<RunRecord.RunInput> inputs();

  /**
   * A task on the user's own texts.
   *
   * @param kind what kind of task it is
   * @param text the examples that rank the mixtures
   * @param confirm the examples that judge the winner; none or one
   * @param holdout which of the examples judge the winner, where both are the same data; none or
   *     one
   * @param shots what worked examples are taken from; none, for the examples themselves, or one
   */
  record OfTexts(
      TaskKind kind,
      TextInput text,
      List<TextInput> confirm,
      List<Holdout> holdout,
      List<TextInput> shots,
      Objective.Term term)
      implements TaskPlan {

    @Override
    public List<Measure> measures() {
      return kind.measures();
    }

    @Override
    public boolean confirms() {
      return !confirm.isEmpty();
    }

    @Override
    public TaskPlan fetched(InputFiles files) {
      return new OfTexts(
          kind,
          text.fetched(files),
          confirm.stream().map(examples -> examples.fetched(files)).toList(),
          holdout,
          shots.stream().map(worked -> worked.fetched(files)).toList(),
          term);
    }

    @Override
    public List<TaskExample> examples() {
      return kind.examples(data(text, TaskSplit.SEARCH));
    }

    @Override
    public Optional<TaskQuestions> questions(TaskSplit split) {
      Stream<TextInput> of =
          switch (split) {
            case SEARCH -> Stream.of(text);
            case CONFIRM -> confirm.stream();
          };
      return of.findFirst().map(input -> kind.questions(data(input, split)));
    }

    private TaskData data(TextInput input, TaskSplit split) {
      return new TaskData(
          input.text(),
          input.digest(),
          holdout.stream().map(share -> new TaskData.Part(share, split)).toList(),
          shots.stream().flatMap(worked -> worked.text().files().stream()).toList());
    }

    @Override
    public String identity() {
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

    @Override
    public List<RunRecord.RunInput> inputs() {
      return Stream.of(
              input("task", Stream.of(text)),
              input("confirm", confirm.stream()),
              input("shots", shots.stream()))
          .flatMap(each -> each)
          .toList();
    }

    private Stream<RunRecord.RunInput> input(String role, Stream<TextInput> texts) {
      return texts.map(each -> new RunRecord.RunInput(role, id(), each.path(), each.digest()));
    }
  }

  /**
   * A task that a worker runs by lm-eval.
   *
   * @param contents what it was when the run began
   * @param searched how many examples rank the mixtures, at least 1
   * @param confirmed how many others judge the winner; 0 for none
   * @param seed which these are
   * @param context how many tokens the model sees at once; none where nothing is said, or one
   */
  record OfHarness(
      HarnessTask task,
      HarnessContents contents,
      int searched,
      int confirmed,
      int seed,
      List<Integer> context,
      Objective.Term term)
      implements TaskPlan {

    /** Raised whenever scores, examples or their order change. */
    private static final String VERSION = "lm-eval/1";

    @Override
    public List<Measure> measures() {
      return contents.measures();
    }

    @Override
    public boolean confirms() {
      return confirmed > 0;
    }

    @Override
    public TaskPlan fetched(InputFiles files) {
      return this;
    }

    @Override
    public List<TaskExample> examples() {
      return questions(new ExampleRange(0, searched)).examples();
    }

    @Override
    public Optional<TaskQuestions> questions(TaskSplit split) {
      return drawn(split).map(this::questions);
    }

    /** The numbers of the examples of a split; none where it has none. */
    List<Integer> documents(TaskSplit split) {
      return drawn(split)
          .map(drawn -> HarnessQuestions.drawn(contents, seed, drawn))
          .orElse(List.of());
    }

    private Optional<ExampleRange> drawn(TaskSplit split) {
      return switch (split) {
        case SEARCH -> Optional.of(new ExampleRange(0, searched));
        case CONFIRM ->
            confirms()
                ? Optional.of(new ExampleRange(searched, searched + confirmed))
                : Optional.empty();
      };
    }

    private HarnessQuestions questions(ExampleRange drawn) {
      return new HarnessQuestions(
          task,
          contents,
          context.isEmpty() ? OptionalInt.empty() : OptionalInt.of(context.get(0)),
          HarnessQuestions.drawn(contents, seed, drawn));
    }

    @Override
    public String identity() {
      return "%s %s %s %s examples=%s seed=%s context=%s"
          .formatted(
              VERSION,
              contents.version(),
              contents.digest(),
              task.options(),
              searched,
              seed,
              context);
    }

    @Override
    public List<RunRecord.RunInput> inputs() {
      return List.of(
          new RunRecord.RunInput("task", id(), "lm-eval " + task.task(), contents.digest()));
    }

    /** Without the weights, which the identity's digest stands for. */
    @Override
    public String toString() {
      return id() + " " + identity() + " confirm=" + confirmed;
    }
  }
}
