package org.mergetomix.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.History;

/** The objective's value of answers, turned so that lower is better. Immutable. */
public final class AnswerScores implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int ALL = 100;

  private final Objective objective;
  private final TreeMap<String, Integer> examples = new TreeMap<>();
  private final int percent;

  /**
   * Scores by an objective.
   *
   * @param examples how many examples each of its tasks has
   */
  public AnswerScores(Objective objective, SortedMap<String, Integer> examples) {
    this(objective, examples, ALL);
  }

  /** Scores on a share of the examples, in percent. */
  AnswerScores(Objective objective, SortedMap<String, Integer> examples, int percent) {
    examples.forEach((task, count) -> this.examples.put(task, Blocks.upTo(count, percent).to()));
    this.objective = percent == ALL ? objective : objective.onFirst(this.examples);
    this.percent = percent;
  }

  /** A round in which these mixtures get a score. */
  Round ask(List<Mixture> mixtures) {
    return Round.of(mixtures, percent);
  }

  /**
   * The score; empty where the mixture failed, or has not seen all these examples of every task.
   */
  OptionalDouble of(Answer answer) {
    boolean whole =
        examples.entrySet().stream()
            .allMatch(
                task ->
                    answer.scores().containsKey(task.getKey())
                        && answer.scores().get(task.getKey()).size() >= task.getValue());
    if (!whole) {
      return OptionalDouble.empty();
    }
    SortedMap<String, ExampleScores> seen = new TreeMap<>();
    examples.forEach((task, count) -> seen.put(task, answer.scores().get(task).first(count)));
    double score = objective.score(seen).value();
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
