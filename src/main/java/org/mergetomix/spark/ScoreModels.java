package org.mergetomix.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.executor.NotANumber;
import org.mergetomix.executor.Slot;
import org.mergetomix.executor.SlotLease;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.Attempt;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;

/** Scores whole models, a Spark task each. Their number is small: what was really fine-tuned. */
final class ScoreModels {

  private ScoreModels() {}

  /** A model to score. */
  sealed interface Subject extends Serializable {

    /** The mixture's id; empty for the base. */
    String mixture();

    /** Which model it is, for messages. */
    String words();
  }

  /** The base. */
  record BaseSubject() implements Subject {

    @Override
    public String mixture() {
      return "";
    }

    @Override
    public String words() {
      return "the base";
    }
  }

  /** A checkpoint of a whole model, which is on the host only until it is in a slot. */
  record CheckpointSubject(String mixture, Location model) implements Subject {

    @Override
    public String words() {
      return "the model fine-tuned on " + mixture;
    }
  }

  /** An expert, in whatever form it came. */
  record ExpertSubject(String mixture) implements Subject {

    @Override
    public String words() {
      return "the expert of dataset " + mixture;
    }
  }

  /**
   * The scores of every subject, by mixture id; they may be no numbers.
   *
   * @param subjects one or more
   * @throws UserException with every subject that cannot be scored, if there is one
   */
  static SortedMap<String, ModelScores> run(
      JavaSparkContext context, Broadcast<RunPlan> plan, List<Subject> subjects) {
    context.setJobGroup("score", "Score %s models".formatted(subjects.size()), false);
    try {
      List<Attempt<ModelScores>> attempts =
          context
              .parallelize(subjects, subjects.size())
              .map(subject -> Attempt.of(() -> named(plan.value(), subject)))
              .collect();
      SortedMap<String, ModelScores> scores = new TreeMap<>();
      Iterator<Subject> subject = subjects.iterator();
      Attempt.results(attempts).forEach(found -> scores.put(subject.next().mixture(), found));
      return scores;
    } finally {
      context.clearJobGroup();
    }
  }

  /** What cannot be scored says which model it is. */
  private static ModelScores named(RunPlan plan, Subject subject) {
    try {
      return score(plan, subject);
    } catch (UserException problems) {
      throw problems.with(problem -> named(problem, subject));
    }
  }

  private static Problem named(Problem problem, Subject subject) {
    return new Problem(
        problem.what(),
        subject.words() + (problem.where().isEmpty() ? "" : ", " + problem.where()),
        problem.remedy());
  }

  /** What to say of the scores of a subject that are no numbers. */
  static List<Problem> notNumbers(Subject subject, ModelScores scores) {
    return scores.problems().stream().map(problem -> named(problem, subject)).toList();
  }

  private static ModelScores score(RunPlan plan, Subject subject) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      if (subject instanceof CheckpointSubject checkpoint) {
        lease.fill(plan.access(), checkpoint.model());
        return score(plan, lease, List::of);
      }
      Mixture merged =
          subject instanceof ExpertSubject expert
              ? Mixture.parse(expert.mixture())
              : Mixture.none();
      lease.merge(merged);
      return score(plan, lease, () -> lease.withRuntime(runtime -> runtime.notNumbers(merged)));
    }
  }

  private static ModelScores score(
      RunPlan plan, SlotLease lease, Supplier<List<Problem>> notNumbers) {
    SortedMap<String, ExampleScores> search =
        lease.call(slot -> scores(plan, slot, TaskSplit.SEARCH));
    SortedMap<String, ExampleScores> confirm =
        lease.call(slot -> scores(plan, slot, TaskSplit.CONFIRM));
    return new ModelScores(search, confirm, problems(plan, search, confirm, notNumbers));
  }

  private static List<Problem> problems(
      RunPlan plan,
      SortedMap<String, ExampleScores> search,
      SortedMap<String, ExampleScores> confirm,
      Supplier<List<Problem>> notNumbers) {
    List<String> tasks =
        Stream.of(search, confirm)
            .flatMap(split -> split.entrySet().stream())
            .filter(task -> !task.getValue().finite())
            .map(Map.Entry::getKey)
            .distinct()
            .toList();
    if (tasks.isEmpty()) {
      return List.of();
    }
    List<Problem> inputs = notNumbers.get();
    return tasks.stream().map(task -> NotANumber.problem(task, inputs, plan.model())).toList();
  }

  private static SortedMap<String, ExampleScores> scores(RunPlan plan, Slot slot, TaskSplit split) {
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    plan.tasks().stream()
        .filter(task -> slot.tasks(split).contains(task.id()))
        .forEach(
            task -> scores.put(task.id(), slot.scores(task.id(), split, task.term().measure())));
    return scores;
  }
}
