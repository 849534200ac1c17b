package org.mergetomix.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Objective;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.History;

/** The objective's value of answers, turned so that lower is better. Immutable. */
public final class AnswerScores implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final TreeMap<String, Integer> examples;

  /**
   * Scores by an objective.
   *
   * @param examples how many examples each of its tasks has
   */
  public AnswerScores(Objective objective, SortedMap<String, Integer> examples) {
    this.objective = objective;
    this.examples = new TreeMap<>(examples);
  }

  /** The score; empty where the mixture failed, or has not seen every example of every task. */
  OptionalDouble of(Answer answer) {
    boolean whole =
        examples.entrySet().stream()
            .allMatch(
                task ->
                    answer.scores().containsKey(task.getKey())
                        && answer.scores().get(task.getKey()).size() == task.getValue());
    if (!whole) {
      return OptionalDouble.empty();
    }
    double score = objective.score(answer.scores()).value();
    if (!Double.isFinite(score)) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        objective.scoreUnit().direction() == Direction.HIGHER_IS_BETTER ? -score : score);
  }

  /** The scores of answers; a mixture without one has failed. */
  History.Round round(List<Answer> answers) {
    List<Observation> observations = new ArrayList<>();
    List<Mixture> failed = new ArrayList<>();
    for (Answer answer : answers) {
      OptionalDouble score = of(answer);
      if (score.isPresent()) {
        observations.add(Observation.of(answer.mixture(), score.getAsDouble()));
      } else {
        failed.add(answer.mixture());
      }
    }
    return new History.Round(observations, failed);
  }

  /** What ranks, in words. */
  String describe() {
    return objective.describe();
  }

  /** Everything that decides the scores of a run's answers. */
  String identity() {
    return objective.describe() + " " + objective.terms() + " " + examples;
  }
}
