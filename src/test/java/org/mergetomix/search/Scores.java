package org.mergetomix.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;

/** Answers without any model: what a strategy asks for is scored by a function. */
final class Scores implements Standing {

  private static final int EXAMPLES = 3;

  private final ToDoubleFunction<Mixture> score;
  private final Set<String> failing;
  private final List<Answer> before = new ArrayList<>();
  private final List<List<Answer>> rounds = new ArrayList<>();

  /** Scores of one task; the failing mixtures have none. */
  Scores(ToDoubleFunction<Mixture> score, String... failing) {
    this.score = score;
    this.failing = Set.of(failing);
  }

  /** The strategy of a plan where lower scores are better. */
  static SearchStrategy strategy(SearchPlan plan) {
    return plan.strategy(
        objective(Direction.LOWER_IS_BETTER), new TreeMap<>(Map.of("t", EXAMPLES)));
  }

  /** An objective of one task. */
  static Objective objective(Direction direction) {
    Measure measure = new Measure("score", "points", direction, Measure.Aggregate.MEAN);
    return Objective.of(
        List.of(new Objective.Term("t", measure, 1, OptionalDouble.empty())), new TreeMap<>());
  }

  /** How many examples the task has. */
  static SortedMap<String, Integer> examples() {
    return new TreeMap<>(Map.of("t", EXAMPLES));
  }

  /** These were there before. */
  Scores knowing(List<Answer> answers) {
    before.addAll(answers);
    return this;
  }

  /** Asks until nothing follows; a fresh strategy each time says the same. */
  Scores search(SearchStrategy strategy) {
    for (Optional<Round> round = strategy.next(this);
        round.isPresent();
        round = strategy.next(this)) {
      List<Answer> answers = new ArrayList<>();
      for (long i = 0; i < round.get().space().size(); i++) {
        answers.add(answer(round.get().space().at(i), EXAMPLES));
      }
      rounds.add(answers);
    }
    return this;
  }

  /** An answer on some examples. */
  Answer answer(Mixture mixture, int count) {
    TreeMap<String, ExampleScores> scores = new TreeMap<>();
    if (!failing.contains(mixture.id())) {
      double[] values = new double[count];
      double[] weights = new double[count];
      for (int i = 0; i < count; i++) {
        values[i] = score.applyAsDouble(mixture) + i;
        weights[i] = 1;
      }
      scores.put("t", new ExampleScores(values, weights));
    }
    return new Answer(mixture, scores);
  }

  /** The first so many rounds, as after a kill. */
  Scores first(int count) {
    Scores first = new Scores(score, failing.toArray(String[]::new));
    first.before.addAll(before);
    first.rounds.addAll(rounds.subList(0, count));
    return first;
  }

  /** The ids that were asked for, round by round. */
  List<List<String>> asked() {
    return rounds.stream()
        .map(round -> round.stream().map(answer -> answer.mixture().id()).toList())
        .toList();
  }

  /** How many mixtures were asked for. */
  int count() {
    return rounds.stream().mapToInt(List::size).sum();
  }

  /** The id of the lowest score that was seen. */
  String lowest() {
    return rounds.stream()
        .flatMap(List::stream)
        .filter(answer -> !answer.failed())
        .min(Comparator.comparingDouble(answer -> answer.scores().get("t").mean().value()))
        .orElseThrow()
        .mixture()
        .id();
  }

  @Override
  public int rounds() {
    return rounds.size();
  }

  @Override
  public List<Answer> before() {
    return before;
  }

  @Override
  public List<Answer> of(int number) {
    return rounds.get(number - 1);
  }
}
