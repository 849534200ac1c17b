package org.mergetomix.spark;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;
import scala.Tuple2;

/** Scores whole models, a Spark task each. Their number is small: what was really fine-tuned. */
final class ScoreModels {

  private ScoreModels() {}

  /** A model to score. */
  sealed interface Subject extends Serializable {

    /** The mixture's id; empty for the base. */
    String mixture();
  }

  /** The base. */
  record BaseSubject() implements Subject {

    @Override
    public String mixture() {
      return "";
    }
  }

  /** A checkpoint of a whole model, which is on the host only until it is in a slot. */
  record CheckpointSubject(String mixture, Location model) implements Subject {}

  /** An expert, in whatever form it came. */
  record ExpertSubject(String mixture) implements Subject {}

  /**
   * The scores of every subject, by mixture id.
   *
   * @throws UserException if one is not a number
   */
  static SortedMap<String, ModelScores> run(
      JavaSparkContext context, Broadcast<RunPlan> plan, List<Subject> subjects) {
    SortedMap<String, ModelScores> scores = new TreeMap<>();
    context.setJobGroup("score", "Score %s models".formatted(subjects.size()), false);
    try {
      context
          .parallelize(subjects, subjects.size())
          .mapToPair(subject -> new Tuple2<>(subject.mixture(), score(plan.value(), subject)))
          .collect()
          .forEach(scored -> scores.put(scored._1(), scored._2()));
    } finally {
      context.clearJobGroup();
    }
    scores.values().forEach(model -> requireNumbers(model.search()));
    scores.values().forEach(model -> requireNumbers(model.confirm()));
    return scores;
  }

  private static ModelScores score(RunPlan plan, Subject subject) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      if (subject instanceof CheckpointSubject checkpoint) {
        lease.fill(plan.access(), checkpoint.model());
      } else if (subject instanceof ExpertSubject expert) {
        lease.merge(Mixture.parse(expert.mixture()));
      } else {
        lease.fillBase();
      }
      return lease.call(slot -> scores(plan, slot));
    }
  }

  /** The scores of the base on the examples that rank, in a task. */
  static SortedMap<String, ExampleScores> base(RunPlan plan) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      lease.fillBase();
      return lease.call(slot -> scores(plan, slot, TaskSplit.SEARCH));
    }
  }

  /**
   * The same scores, all of them numbers.
   *
   * @throws UserException if one is not
   */
  static SortedMap<String, ExampleScores> requireNumbers(SortedMap<String, ExampleScores> scores) {
    scores.forEach(
        (task, examples) -> {
          if (!examples.finite()) {
            throw NotANumber.of(task);
          }
        });
    return scores;
  }

  private static ModelScores scores(RunPlan plan, Slot slot) {
    return new ModelScores(
        scores(plan, slot, TaskSplit.SEARCH), scores(plan, slot, TaskSplit.CONFIRM));
  }

  private static SortedMap<String, ExampleScores> scores(RunPlan plan, Slot slot, TaskSplit split) {
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    plan.tasks().stream()
        .filter(task -> slot.tasks(split).contains(task.id()))
        .forEach(
            task ->
                scores.put(
                    task.id(), slot.scores(task.id(), split, task.kind().measures().get(0))));
    return scores;
  }
}
