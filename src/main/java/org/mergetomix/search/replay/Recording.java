package org.mergetomix.search.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.search.Answer;

/**
 * Scores of mixtures that were evaluated before, every example of every task. Immutable.
 *
 * <p>A task whose examples are not known has one, with the score of the task.
 */
public final class Recording {

  private final Objective objective;
  private final SortedMap<String, Integer> examples = new TreeMap<>();
  private final Map<Mixture, SortedMap<String, ExampleScores>> scores;
  private final Map<Mixture, Double> values = new LinkedHashMap<>();
  private final Mixture best;

  /**
   * A recording.
   *
   * @param scores of each mixture the scores of every task of the objective, on the same examples
   * @param source where it comes from, for messages
   * @throws UserException (input) if there is no mixture, or all have the same score
   */
  public Recording(
      Map<Mixture, SortedMap<String, ExampleScores>> scores, Objective objective, String source) {
    this.objective = objective;
    this.scores = sharingWeights(scores);
    scores.forEach((mixture, tasks) -> values.put(mixture, objective.score(tasks).value()));
    if (new TreeSet<>(values.values()).size() < 2) {
      throw UserException.input(
          scores.isEmpty()
              ? "No mixture has a score"
              : "All mixtures have the same score, so any search is as good as any other",
          source,
          "Record mixtures that differ");
    }
    objective
        .terms()
        .forEach(
            term ->
                examples.put(
                    term.task(), scores.values().iterator().next().get(term.task()).size()));
    best =
        values.entrySet().stream()
            .min(
                Map.Entry.<Mixture, Double>comparingByValue(objective.bestFirst())
                    .thenComparing(entry -> entry.getKey().id()))
            .orElseThrow()
            .getKey();
  }

  private Recording(
      Recording like,
      Objective objective,
      Map<Mixture, SortedMap<String, ExampleScores>> otherOrder) {
    this.objective = objective;
    this.examples.putAll(like.examples);
    this.values.putAll(like.values);
    this.scores = sharingWeights(otherOrder);
    this.best = like.best;
  }

  /** Mixtures were scored on the same examples, whose weights are held once. */
  private static Map<Mixture, SortedMap<String, ExampleScores>> sharingWeights(
      Map<Mixture, SortedMap<String, ExampleScores>> scores) {
    Map<String, ExampleScores> first = new HashMap<>();
    Map<Mixture, SortedMap<String, ExampleScores>> sharing = new LinkedHashMap<>();
    scores.forEach(
        (mixture, tasks) -> {
          SortedMap<String, ExampleScores> shared = new TreeMap<>();
          tasks.forEach(
              (task, examples) ->
                  shared.put(
                      task,
                      examples.sharingWeights(first.computeIfAbsent(task, none -> examples))));
          sharing.put(mixture, shared);
        });
    return sharing;
  }

  /** The ids of all datasets that a mixture has, ascending. */
  public List<String> datasets() {
    TreeSet<String> datasets = new TreeSet<>();
    scores.keySet().forEach(mixture -> datasets.addAll(mixture.datasets()));
    return List.copyOf(datasets);
  }

  /** What ranks. */
  public Objective objective() {
    return objective;
  }

  /** How many examples each task has. */
  public SortedMap<String, Integer> examples() {
    return new TreeMap<>(examples);
  }

  /** How many mixtures there are. */
  public int size() {
    return scores.size();
  }

  /** The mixtures, in the order in which they were recorded. */
  public List<Mixture> mixtures() {
    return List.copyOf(scores.keySet());
  }

  /** The best mixture. */
  public Mixture best() {
    return best;
  }

  /** The score of a recorded mixture on every example. */
  public double score(Mixture mixture) {
    return values.get(mixture);
  }

  /** How much worse a recorded mixture is than the best one, in {@link #regretUnit}. */
  public double regret(Mixture mixture) {
    double worse = objective.scoreUnit().gain(score(best), score(mixture));
    return hasScale() ? 100 * worse / Math.abs(score(best)) : worse;
  }

  /** What regrets are in: {@code % of the best score}, or the score's unit where that is 0. */
  public String regretUnit() {
    return hasScale() ? "% of the best score" : objective.unit();
  }

  private boolean hasScale() {
    return score(best) != 0;
  }

  /** Whether the examples cannot tell a recorded mixture from the best one. */
  public boolean isTied(Mixture mixture) {
    Estimate gap = objective.gap(scores.get(mixture), scores.get(best));
    return mixture.equals(best) || gap.value() <= gap.margin();
  }

  /**
   * What an evaluation of a mixture would find.
   *
   * @param percent of the examples, in whole blocks
   * @return a failure where the mixture is not recorded
   */
  Answer answer(Mixture mixture, int percent) {
    SortedMap<String, ExampleScores> seen = new TreeMap<>();
    scores
        .getOrDefault(mixture, new TreeMap<>())
        .forEach((task, all) -> seen.put(task, all.first(Blocks.upTo(all.size(), percent).to())));
    return new Answer(mixture, seen);
  }

  /** What ranks mixtures that saw so much of the examples. */
  Objective objectiveOn(int percent) {
    SortedMap<String, Integer> seen = new TreeMap<>();
    examples.forEach((task, count) -> seen.put(task, Blocks.upTo(count, percent).to()));
    return objective.onFirst(seen);
  }

  /** The share of all examples that these percent are, in whole blocks. */
  double share(int percent) {
    double seen = 0;
    double all = 0;
    for (int count : examples.values()) {
      seen += Blocks.upTo(count, percent).to();
      all += count;
    }
    return seen / all;
  }

  /** Whether a mixture is recorded. */
  boolean has(Mixture mixture) {
    return scores.containsKey(mixture);
  }

  /** The same with the examples of each task in another order, alike for all mixtures. */
  public Recording shuffled(long seed) {
    SortedMap<String, int[]> orders = new TreeMap<>();
    examples.forEach(
        (task, count) -> orders.put(task, order(count, new Random(seed + orders.size()))));
    Map<Mixture, SortedMap<String, ExampleScores>> shuffled = new LinkedHashMap<>();
    scores.forEach(
        (mixture, tasks) -> {
          SortedMap<String, ExampleScores> ordered = new TreeMap<>();
          orders.forEach((task, order) -> ordered.put(task, tasks.get(task).inOrder(order)));
          shuffled.put(mixture, ordered);
        });
    return new Recording(this, objective.reordered(orders), shuffled);
  }

  private static int[] order(int count, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, random);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Recorded mixtures, the best first. */
  public List<Mixture> bestFirst() {
    return scores.keySet().stream()
        .sorted(Comparator.comparing(this::score, objective.bestFirst()).thenComparing(Mixture::id))
        .toList();
  }
}
