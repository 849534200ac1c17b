package org.mergetomix.rank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.MixtureReduction.Considered;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.statistics.decision.PairedGap;
import org.mergetomix.statistics.decision.ParetoFront;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.FrontPlace;

/**
 * The Pareto front over several tasks, as far as executors have to know it to say where a mixture
 * stands. Immutable.
 */
final class TaskFront implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Of more, others are compared with the best by the objective: then more are called tied than
   * are.
   */
  private static final int MOST_COMPARED = 64;

  private final TreeSet<String> members = new TreeSet<>();
  private final ArrayList<TreeMap<String, ExampleScores>> compared = new ArrayList<>();

  private TaskFront() {}

  /** The front of the mixtures that saw every example; empty where there is one task. */
  static TaskFront of(
      Evaluations evaluations, Considered considered, ScoredTasks tasks, Objective objective) {
    TaskFront front = new TaskFront();
    if (objective.terms().size() < 2) {
      return front;
    }
    ParetoFront found =
        MixtureReduction.of(
                evaluations.rows(),
                considered,
                tasks,
                (mixture, rows) ->
                    rows.isComplete()
                        ? Scored.of(mixture, rows.scores(), objective)
                        : Scored.UNTOLD)
            .filter(scored -> !scored.gains().isEmpty())
            .mapPartitions(TaskFront::feed)
            .fold(new ParetoFront(), ParetoFront::merge);
    front.members.addAll(found.mixtures());
    Set<String> best = Set.copyOf(found.best(MOST_COMPARED, objective.bestFirst()));
    scores(evaluations, best, tasks)
        .values()
        .forEach(scores -> front.compared.add(new TreeMap<>(scores)));
    return front;
  }

  /**
   * Where a mixture stands.
   *
   * @param scores its scores by task, on every example
   */
  FrontPlace place(Mixture mixture, SortedMap<String, ExampleScores> scores, Objective objective) {
    if (members.isEmpty()) {
      return FrontPlace.UNTOLD;
    }
    if (members.contains(mixture.id())) {
      return FrontPlace.FRONT;
    }
    return compared.stream()
            .anyMatch(best -> PairedGap.behind(objective.taskGains(best, scores).values()))
        ? FrontPlace.BEHIND
        : FrontPlace.TIED;
  }

  private static Iterator<ParetoFront> feed(Iterator<Scored> scored) {
    ParetoFront front = new ParetoFront();
    scored.forEachRemaining(one -> front.feed(one.mixture(), one.gains(), one.score()));
    return List.of(front).iterator();
  }

  /** A mixture as the front sees it. */
  private record Scored(String mixture, List<Double> gains, double score) implements Serializable {

    /** One that did not see every example. */
    static final Scored UNTOLD = new Scored("", List.of(), Double.NaN);

    static Scored of(
        Mixture mixture, SortedMap<String, ExampleScores> scores, Objective objective) {
      return new Scored(
          mixture.id(), TaskFront.gains(scores, objective), objective.score(scores).value());
    }
  }

  /** Each task's score, turned so that higher is better. */
  private static List<Double> gains(SortedMap<String, ExampleScores> scores, Objective objective) {
    SortedMap<String, Estimate> byTask = objective.tasks(scores);
    List<Double> gains = new ArrayList<>();
    for (Objective.Term term : objective.terms()) {
      gains.add(term.measure().direction().gain(byTask.get(term.task()).value(), 0));
    }
    return gains;
  }

  private static SortedMap<String, SortedMap<String, ExampleScores>> scores(
      Evaluations evaluations, Set<String> mixtures, ScoredTasks tasks) {
    SortedMap<String, MixtureRows> rows = new TreeMap<>();
    for (EvaluationRow row :
        evaluations.rows().filter(one -> mixtures.contains(one.mixture().id())).collect()) {
      rows.computeIfAbsent(row.mixture().id(), id -> new MixtureRows(tasks)).add(row);
    }
    SortedMap<String, SortedMap<String, ExampleScores>> scores = new TreeMap<>();
    rows.forEach((mixture, found) -> scores.put(mixture, found.scores()));
    return scores;
  }
}
