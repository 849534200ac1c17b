package org.mergetomix.rank;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
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
import scala.Tuple2;

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
    List<String> found =
        MixtureReduction.of(
                evaluations.rows(),
                considered,
                tasks,
                (mixture, rows) ->
                    new Tuple2<>(
                        mixture.id(),
                        rows.isComplete() ? gains(rows.scores(), objective) : List.<Double>of()))
            .filter(scored -> !scored._2().isEmpty())
            .mapPartitions(TaskFront::feed)
            .fold(new ParetoFront(), ParetoFront::merge)
            .mixtures();
    front.members.addAll(found);
    scores(evaluations, Set.copyOf(found), tasks).values().stream()
        .sorted(
            Comparator.comparing(scores -> objective.score(scores).value(), objective.bestFirst()))
        .limit(MOST_COMPARED)
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

  private static Iterator<ParetoFront> feed(Iterator<Tuple2<String, List<Double>>> scored) {
    ParetoFront front = new ParetoFront();
    scored.forEachRemaining(one -> front.feed(one._1(), one._2()));
    return List.of(front).iterator();
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
