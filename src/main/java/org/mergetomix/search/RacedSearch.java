package org.mergetomix.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.statistics.decision.Race;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.Surface;
import org.mergetomix.surface.SurfaceChoice;

/**
 * Another search on a share of the examples, and then a race between all that it evaluated: at each
 * of a few shares those that cannot be the best any more are left out, until what remains has seen
 * every example. Where some mixtures saw all examples before, a surface of their scores predicts
 * every example of the others, and the race is run on what it misses.
 *
 * <p>Asked by one thread, about a standing that grows.
 */
public final class RacedSearch implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  /** Where mixtures may be dropped, in percent of the examples, if they saw no more before. */
  private static final int[] LOOKS = {5, 10, 20, 40, 70};

  private static final int ALL = 100;

  /** On fewer examples of a task, errors say too little for a mixture to be dropped. */
  private static final int FEWEST = 8;

  /** Of ever dropping the best. */
  private static final double RISK = 0.05;

  private final SearchStrategy search;
  private final int share;
  private final Objective objective;
  private final TreeMap<String, Integer> examples;
  private final Axes axes;
  private final long seed;

  private transient Prelude prelude;

  /** Made once the other search is over: from then on, what it is made of stays as it is. */
  private transient Predictions predictions;

  /**
   * A race after a search.
   *
   * @param share what the search sees of the examples, in percent: 5 or 25
   * @param examples how many examples each task of the objective has
   * @param seed of the bootstrap
   */
  RacedSearch(
      SearchStrategy search,
      int share,
      Objective objective,
      SortedMap<String, Integer> examples,
      Axes axes,
      long seed) {
    this.search = search;
    this.share = share;
    this.objective = objective;
    this.examples = new TreeMap<>(examples);
    this.axes = axes;
    this.seed = seed;
  }

  @Override
  public String id() {
    return search.id() + "-raced-" + seed;
  }

  @Override
  public String describe() {
    return "%s; raced from %s %% of the examples on, seed %s"
        .formatted(search.describe(), share, seed);
  }

  @Override
  public long most() {
    return search.most();
  }

  @Override
  public long possible() {
    return search.possible();
  }

  @Override
  public boolean isPossible(Mixture mixture) {
    return search.isPossible(mixture);
  }

  @Override
  public boolean considers(Mixture mixture) {
    return search.considers(mixture);
  }

  @Override
  public Failures failures() {
    return Failures.ANSWERED;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    if (prelude == null) {
      prelude = new Prelude(search);
    }
    Optional<Round> searching = prelude.next(standing);
    if (searching.isPresent()) {
      predictions = null;
      return searching;
    }
    List<Answer> answers = prelude.answers(standing);
    List<Answer> left = seen(answers, share);
    if (predictions == null) {
      predictions = Predictions.of(axes, objective, seen(answers, ALL)).orElse(null);
    }
    int percent = share;
    for (int round = prelude.rounds() + 1; !left.isEmpty(); round++) {
      List<Mixture> survivors = percent == ALL ? List.of() : survivors(left, percent);
      int further = survivors.size() == 1 ? ALL : after(percent);
      if (survivors.isEmpty()) {
        return Optional.empty();
      }
      if (round > standing.rounds()) {
        return Optional.of(Round.of(survivors, further));
      }
      percent = further;
      left = seen(standing.of(round), percent);
    }
    return Optional.empty();
  }

  @Override
  public String ended(Standing standing) {
    return prelude.ended(standing) + ", and the race was run to its end";
  }

  private static int after(int percent) {
    return IntStream.of(LOOKS).filter(look -> look > percent).findFirst().orElse(ALL);
  }

  /** Those that saw so much of every task, once each, in the order of their ids. */
  private List<Answer> seen(List<Answer> answers, int percent) {
    Map<Mixture, Answer> seen = new LinkedHashMap<>();
    for (Answer answer : answers) {
      boolean enough =
          examples.entrySet().stream()
              .allMatch(
                  task ->
                      answer.scores().containsKey(task.getKey())
                          && answer.scores().get(task.getKey()).finite()
                          && answer.scores().get(task.getKey()).size()
                              >= Blocks.upTo(task.getValue(), percent).to());
      boolean more =
          !seen.containsKey(answer.mixture()) || size(seen.get(answer.mixture())) < size(answer);
      if (enough && more) {
        seen.put(answer.mixture(), answer);
      }
    }
    return seen.values().stream()
        .sorted(Comparator.comparing(answer -> answer.mixture().id()))
        .toList();
  }

  private static int size(Answer answer) {
    return answer.scores().values().stream().mapToInt(ExampleScores::size).sum();
  }

  /** How often mixtures may be dropped: on what the search saw, and then at further shares. */
  static int looks(int share) {
    return 1 + (int) IntStream.of(LOOKS).filter(look -> look > share).count();
  }

  private List<Mixture> survivors(List<Answer> left, int percent) {
    boolean few =
        examples.values().stream().anyMatch(count -> Blocks.upTo(count, percent).to() < FEWEST);
    if (few || left.size() == 1) {
      return left.stream().map(Answer::mixture).toList();
    }
    List<Race.Seen> tasks = new ArrayList<>();
    for (Map.Entry<String, Integer> task : examples.entrySet()) {
      int count = Blocks.upTo(task.getValue(), percent).to();
      List<ExampleScores> rows =
          left.stream().map(answer -> answer.scores().get(task.getKey()).first(count)).toList();
      Race.Seen seen =
          Race.Seen.of(
              objective.slope(task.getKey()),
              task.getValue(),
              rows.get(0).weights(),
              rows.stream().map(ExampleScores::scores).toArray(double[][]::new));
      tasks.add(predictions == null ? seen : predictions.beside(seen, count, task.getKey(), left));
    }
    return new Race(looks(share), RISK, seed)
        .look(tasks).survivors().stream().map(i -> left.get(i).mixture()).toList();
  }

  /** What a surface of mixtures that saw every example says of the examples of others. */
  private record Predictions(Axes axes, Surface surface, List<Answer> fitted) {

    /** Nothing where too few saw every example for a surface. */
    static Optional<Predictions> of(Axes axes, Objective objective, List<Answer> whole) {
      if (whole.size() < axes.size() + 2) {
        return Optional.empty();
      }
      Map<Mixture, Answer> answers = new LinkedHashMap<>();
      whole.forEach(answer -> answers.put(answer.mixture(), answer));
      List<Observation> observations =
          SurfaceChoice.informative(
              whole.stream()
                  .map(answer -> observation(answer, objective))
                  .sorted(Comparator.comparingDouble(Observation::score))
                  .toList());
      return Optional.of(
          new Predictions(
              axes,
              SurfaceChoice.of(axes, observations).best(),
              observations.stream().map(seen -> answers.get(seen.mixture())).toList()));
    }

    private static Observation observation(Answer answer, Objective objective) {
      double score = objective.score(answer.scores()).value();
      return Observation.of(
          answer.mixture(),
          objective.scoreUnit().direction() == Direction.LOWER_IS_BETTER ? score : -score);
    }

    Race.Seen beside(Race.Seen seen, int count, String task, List<Answer> mixtures) {
      double[][] rows =
          fitted.stream()
              .map(answer -> answer.scores().get(task).scores())
              .toArray(double[][]::new);
      double[] means =
          fitted.stream().mapToDouble(answer -> answer.scores().get(task).mean().value()).toArray();
      double[][] predictions = new double[mixtures.size()][count];
      double[] predictedMeans = new double[mixtures.size()];
      for (int i = 0; i < predictions.length; i++) {
        double[] smoother = surface.smoother(axes.weights(mixtures.get(i).mixture()));
        for (int row = 0; row < smoother.length; row++) {
          predictedMeans[i] += smoother[row] * means[row];
          for (int e = 0; e < predictions[i].length; e++) {
            predictions[i][e] += smoother[row] * rows[row][e];
          }
        }
      }
      return seen.beside(predictions, predictedMeans);
    }
  }
}
