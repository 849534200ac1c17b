package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.score.Direction;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.search.Standing;
import org.mergetomix.search.replay.Recording;
import org.mergetomix.search.replay.Replay;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.ExpectedBest;

/**
 * How good a mixture is that is chosen by another objective than a search's, from the rows of that
 * search alone. A search with a surface over several tasks is replayed against a run that evaluated
 * every mixture; then each of the tasks alone, each left out, and each with three times the weight
 * of the others chooses the best that was evaluated, or what the surface expects to be better.
 * Their regrets are by the other objective, over all mixtures.
 *
 * <p>Arguments: the output of a run, how many seeds, and two or more of its tasks.
 */
public final class OtherObjectiveBenchmark {

  private final SparkSession spark;
  private final Location run;

  private OtherObjectiveBenchmark(SparkSession spark, Location run) {
    this.spark = spark;
    this.run = run;
  }

  /** Replays the searches. */
  public static void main(String[] arguments) {
    Configuration configuration = Configuration.load(List.of(), List.of());
    try (Session session = Session.open(configuration.spark())) {
      new OtherObjectiveBenchmark(session.spark(), Location.of(arguments[0]))
          .measure(Integer.parseInt(arguments[1]), List.of(arguments).subList(2, arguments.length));
    }
  }

  private void measure(int seeds, List<String> tasks) {
    Recording searched = recording(tasks);
    List<Set<Mixture>> evaluated = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      evaluated.add(evaluated(searched, configuration(seed)));
    }
    System.out.printf(
        Locale.ROOT,
        "%d mixtures, searched by %s: evaluations median %.0f, most %.0f%n",
        searched.size(),
        String.join(",", tasks),
        quantile(evaluated.stream().mapToDouble(Set::size).toArray(), 0.5),
        quantile(evaluated.stream().mapToDouble(Set::size).toArray(), 1));
    for (List<String> objective : others(tasks)) {
      Recording truth = recording(objective);
      double[] best = new double[seeds];
      double[] answer = new double[seeds];
      for (int seed = 1; seed <= seeds; seed++) {
        List<Observation> seen = bestFirst(truth, evaluated.get(seed - 1));
        Mixture first = seen.get(0).mixture();
        best[seed - 1] = truth.regret(first);
        answer[seed - 1] =
            truth.regret(
                ExpectedBest.of(AllowedSubsets.all(axes(truth)), seen, seed)
                    .map(ExpectedBest::mixture)
                    .orElse(first));
      }
      System.out.printf(
          Locale.ROOT,
          "%-16s %s: evaluated median %.3f worst %.3f; with the surface median %.3f worst %.3f%n",
          String.join(",", objective),
          truth.regretUnit(),
          quantile(best, 0.5),
          quantile(best, 1),
          quantile(answer, 0.5),
          quantile(answer, 1));
    }
  }

  private static List<List<String>> others(List<String> tasks) {
    Set<List<String>> others = new LinkedHashSet<>();
    tasks.forEach(task -> others.add(List.of(task)));
    tasks.forEach(left -> others.add(tasks.stream().filter(task -> !task.equals(left)).toList()));
    tasks.forEach(
        heavy ->
            others.add(
                tasks.stream().map(task -> task + (task.equals(heavy) ? ":3" : ":1")).toList()));
    return List.copyOf(others);
  }

  private Recording recording(List<String> tasks) {
    return Recordings.read(
        spark,
        run,
        Direction.LOWER_IS_BETTER,
        Configuration.load(List.of(), List.of("objective.tasks=" + String.join(",", tasks)))
            .objective());
  }

  private static Configuration configuration(int seed) {
    return Configuration.load(List.of(), List.of("search.strategy=surface", "seed=" + seed));
  }

  private Set<Mixture> evaluated(Recording recording, Configuration configuration) {
    Recording shuffled = recording.shuffled(configuration.seed());
    Set<Mixture> asked = new LinkedHashSet<>();
    SearchStrategy strategy =
        SearchPlans.of(spark, axes(recording), configuration)
            .strategy(shuffled.objective(), shuffled.examples());
    Replay.run(shuffled, new Overheard(strategy, asked));
    return asked;
  }

  private static List<Observation> bestFirst(Recording truth, Set<Mixture> evaluated) {
    return truth.bestFirst().stream()
        .filter(evaluated::contains)
        .map(mixture -> new Observation(mixture, truth.score(mixture), 0))
        .toList();
  }

  private static Axes axes(Recording recording) {
    return Axes.of(recording.datasets(), SubsetWeights.EQUAL);
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.floor(share * (sorted.length - 1))];
  }

  /** A strategy whose mixtures are written down as it asks for them. */
  private record Overheard(SearchStrategy strategy, Set<Mixture> asked) implements SearchStrategy {

    @Override
    public Optional<Round> next(Standing standing) {
      Optional<Round> round = strategy.next(standing);
      round.ifPresent(
          mixtures -> {
            for (IndexRange range : mixtures.candidates().ranges()) {
              LongStream.range(range.start(), range.end())
                  .forEach(index -> asked.add(mixtures.space().at(index)));
            }
          });
      return round;
    }

    @Override
    public String id() {
      return strategy.id();
    }

    @Override
    public String describe() {
      return strategy.describe();
    }

    @Override
    public long most() {
      return strategy.most();
    }

    @Override
    public boolean considers(Mixture mixture) {
      return strategy.considers(mixture);
    }

    @Override
    public Failures failures() {
      return strategy.failures();
    }

    @Override
    public String ended(Standing standing) {
      return strategy.ended(standing);
    }
  }
}
