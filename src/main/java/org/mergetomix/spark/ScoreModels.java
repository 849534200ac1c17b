package org.mergetomix.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.mergetomix.executor.Attempt;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
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

  /** A checkpoint of a whole model. */
  record CheckpointSubject(String mixture, Location model) implements Subject {

    @Override
    public String words() {
      return mixture.isEmpty() ? "the base" : "the model fine-tuned on " + mixture;
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
   * The scores of every subject, by mixture id.
   *
   * @param subjects one or more
   * @throws UserException with every subject that cannot be scored, if there is one
   */
  static SortedMap<String, ModelScores> run(
      JavaSparkContext context, Broadcast<RunPlan> plan, List<Subject> subjects) {
    context.setJobGroup("score", "Score %d models".formatted(subjects.size()), false);
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
      throw problems.with(
          problem ->
              new Problem(
                  problem.what(),
                  subject.words() + (problem.where().isEmpty() ? "" : ", " + problem.where()),
                  problem.remedy()));
    }
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
