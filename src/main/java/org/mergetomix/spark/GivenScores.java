package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.ScoreTable;

/** Scores of models that were really trained elsewhere, from a table that somebody wrote. */
final class GivenScores {

  private static final Estimate NONE = new Estimate(Double.NaN, Double.NaN);

  private final Location table;
  private final Set<String> datasets;
  private final Objective objective;
  private final SortedMap<String, double[]> weights;
  private final List<Problem> problems = new ArrayList<>();

  /**
   * Scores to compare with a run's.
   *
   * @param datasets those of the run
   * @param weights of the examples of each task
   */
  GivenScores(
      Location table,
      Set<String> datasets,
      Objective objective,
      SortedMap<String, double[]> weights) {
    this.table = table;
    this.datasets = datasets;
    this.objective = objective;
    this.weights = weights;
  }

  /**
   * A row for every mixture of the table, ascending by their ids.
   *
   * @param surrogates of the run
   * @throws UserException (input) if it is no such table, or with everything in it that the run
   *     cannot be compared with
   */
  List<FidelityRow> rows(SparkSession spark, Surrogates surrogates) {
    return rows(ScoreTable.read(spark, table), surrogates);
  }

  /** Looks up the ranked rows of mixtures; of those that are not ranked there is none. */
  @FunctionalInterface
  interface Surrogates {
    List<RankedRow> of(Set<String> mixtures);
  }

  /** The same of a table that was read. */
  List<FidelityRow> rows(
      Map<Mixture, SortedMap<String, ExampleScores>> scores, Surrogates surrogates) {
    if (scores.isEmpty()) {
      throw UserException.input(
          "The table of scores has no rows", table.text(), "Add those of models that were trained");
    }
    checkTasks(scores.values().iterator().next());
    Map<String, SortedMap<String, ExampleScores>> known = new LinkedHashMap<>();
    scores.forEach(
        (mixture, tasks) -> {
          if (isKnown(mixture)) {
            known.put(mixture.id(), tasks);
          }
        });
    SortedMap<String, RankedRow> ranked = new TreeMap<>();
    surrogates.of(known.keySet()).stream()
        .filter(row -> row.rank().isPresent() && !row.dropped())
        .forEach(row -> ranked.put(row.mixture(), row));
    known.keySet().stream()
        .filter(mixture -> !ranked.containsKey(mixture))
        .forEach(
            mixture ->
                problem(
                    "The run has no surrogate of mixture %s that saw every example"
                        .formatted(mixture),
                    "Evaluate it, as search.mixtures does, or take it out"));
    UserException.inputIfAny(problems);
    return known.entrySet().stream()
        .map(one -> row(ranked.get(one.getKey()), score(one.getValue())))
        .toList();
  }

  private static FidelityRow row(RankedRow surrogate, Estimate real) {
    String role = surrogate.size() == 1 ? "single" : "given";
    return FidelityRow.once(surrogate.mixture(), role, surrogate.score(), real, NONE, "");
  }

  private boolean isKnown(Mixture mixture) {
    List<String> unknown =
        mixture.datasets().stream().filter(dataset -> !datasets.contains(dataset)).toList();
    if (!unknown.isEmpty()) {
      problem(
          "Mixture %s has datasets that the run does not have: %s"
              .formatted(mixture.id(), String.join(", ", unknown)),
          "Correct it, or take it out");
    }
    return unknown.isEmpty();
  }

  private void checkTasks(SortedMap<String, ExampleScores> some) {
    for (Objective.Term term : objective.terms()) {
      Optional<ExampleScores> there = of(term.task(), some);
      if (there.isEmpty()) {
        problem(
            "The table of scores has none of the task " + term.task(),
            "Add them; it has " + String.join(", ", some.keySet()));
      } else if (there.get().size() > 1 && !isMeanOfExamples(term)) {
        problem(
            "The score of the task %s is not the plain mean of its examples".formatted(term.task()),
            "Give score in place of example_scores");
      }
    }
  }

  private boolean isMeanOfExamples(Objective.Term term) {
    double[] each = weights.getOrDefault(term.task(), new double[0]);
    return Arrays.stream(each).distinct().count() <= 1;
  }

  /** The scores of a task; a table that names no task is about the only one there is. */
  private Optional<ExampleScores> of(String task, SortedMap<String, ExampleScores> scores) {
    boolean only = objective.terms().size() == 1 && scores.size() == 1;
    return Optional.ofNullable(
        scores.getOrDefault(task, only ? scores.get(ScoreTable.TASK) : null));
  }

  private Estimate score(SortedMap<String, ExampleScores> scores) {
    SortedMap<String, Estimate> byTask = new TreeMap<>();
    for (Objective.Term term : objective.terms()) {
      ExampleScores examples = of(term.task(), scores).orElseThrow();
      byTask.put(
          term.task(),
          examples.size() == 1
              ? new Estimate(examples.mean().value(), Double.NaN)
              : examples.aggregate(term.measure().aggregate()));
    }
    return objective.ofTasks(byTask);
  }

  private void problem(String what, String remedy) {
    problems.add(new Problem(what, table.text(), remedy));
  }
}
