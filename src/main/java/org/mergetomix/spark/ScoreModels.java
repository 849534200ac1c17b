package org.mergetomix.spark;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
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

  /** A checkpoint of a whole model. */
  record CheckpointSubject(String mixture, Location model) implements Subject {}

  /** An expert, in whatever form it came. */
  record ExpertSubject(String mixture) implements Subject {}

  /** The scores of every subject, by mixture id. */
  static SortedMap<String, ModelScores> run(
      JavaSparkContext context, Broadcast<RunPlan> plan, List<Subject> subjects) {
    SortedMap<String, ModelScores> scores = new TreeMap<>();
    context.setJobGroup("score", "Score %d models".formatted(subjects.size()), false);
    try {
      context
          .parallelize(subjects, subjects.size())
          .mapToPair(subject -> new Tuple2<>(subject.mixture(), score(plan.value(), subject)))
          .collect()
          .forEach(scored -> scores.put(scored._1(), scored._2()));
    } finally {
      context.clearJobGroup();
    }
    return scores;
  }

  private static ModelScores score(RunPlan plan, Subject subject) {
    return ExecutorRuntime.onSlot(
        plan,
        slot -> {
          if (subject instanceof CheckpointSubject checkpoint) {
            slot.fill(checkpoint.model(), "");
          } else {
            slot.merge(Mixture.parse(subject.mixture()));
          }
          SortedMap<String, ExampleScores> search = new TreeMap<>();
          plan.tasks().forEach(task -> search.put(task.id(), slot.evaluate(task.id())));
          return new ModelScores(search, slot.evaluateConfirm());
        });
  }
}
