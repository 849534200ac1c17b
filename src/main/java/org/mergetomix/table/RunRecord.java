package org.mergetomix.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.Measure;

/**
 * What {@code run.json} says: what the run is, and how far it got. Holds no secrets. Immutable.
 *
 * @param format the layout of this file, {@link #FORMAT}
 * @param state how far it got
 * @param times of the first start and of this file
 * @param run what it is
 * @param start how its search was started last
 * @param search what searched, and what ranked
 * @param surface what a surface says of the scores; nothing until they are ranked
 * @param counts of mixtures
 * @param seconds where the time went, all starts of the run together
 * @param preflight how far the experts moved and how much they agree; nothing until measured
 * @param fidelity the ranking beside models really fine-tuned; nothing until measured
 */
public record RunRecord(
    int format,
    State state,
    Times times,
    Run run,
    Start start,
    Search search,
    Surface surface,
    Counts counts,
    Seconds seconds,
    Preflight preflight,
    Fidelity fidelity) {

  /** The layout of the file that this version reads and writes. */
  public static final int FORMAT = 4;

  /** The name among the versions of what scores were computed on. */
  public static final String DEVICE = "device";

  /**
   * A run of which nothing is known yet but what it is.
   *
   * @param now ISO 8601
   */
  public static RunRecord begun(String now, Run run, Start start) {
    return new RunRecord(
        FORMAT,
        State.SEARCHING,
        new Times(now, now),
        run,
        start,
        new Search(
            Objective.NONE, List.of(), Ended.NEVER, SubsetWeights.EQUAL, "", new TreeMap<>()),
        Surface.NONE,
        new Counts(0, 0, 0, 0, 0),
        new Seconds(0, 0, 0, 0),
        Preflight.NONE,
        Fidelity.NONE);
  }

  /** The run's id. */
  public String runId() {
    return run.id();
  }

  /** Digest over the ranked table's ranks, mixtures and scores; empty until it is there. */
  public String rankedDigest() {
    return search.rankedDigest();
  }

  /**
   * This run, started again: what was found before stays, what the new start says of itself counts.
   */
  public RunRecord startedAgain(RunRecord now) {
    Run same = new Run(run.id(), run.identity(), run.datasets(), now.run.inputs());
    return with(State.SEARCHING, now.times.updated(), same, now.start, search, preflight);
  }

  /**
   * This run with the kinds of device that its scores come from.
   *
   * @param kinds of device; where there are none, what it says now stays
   */
  public RunRecord evaluatedOn(Set<String> kinds) {
    SortedMap<String, String> versions = new TreeMap<>(start.versions());
    if (!kinds.isEmpty()) {
      versions.put(DEVICE, String.join(", ", new TreeSet<>(kinds)));
    }
    Start same = new Start(start.configuration(), versions, start.baselines());
    return with(state, times.updated(), run, same, search, preflight);
  }

  /** This run with the pre-flight figures of its experts. */
  public RunRecord measured(Preflight figures) {
    return with(state, times.updated(), run, start, search, figures);
  }

  /**
   * This run with a strategy that begins to work on it; one of that name and description that has
   * begun before stays as it began.
   */
  public RunRecord searchedBy(Strategy strategy) {
    if (search.strategies().stream().anyMatch(strategy::isSame)) {
      return this;
    }
    List<Strategy> strategies = new ArrayList<>(search.strategies());
    strategies.add(strategy);
    Search further =
        new Search(
            search.objective(),
            strategies,
            search.ended(),
            search.weights(),
            search.rankedDigest(),
            search.base());
    return with(state, times.updated(), run, start, further, preflight);
  }

  /**
   * The folders of the rounds that were there when a strategy began; nothing of one that did not.
   */
  public List<String> began(Strategy strategy) {
    return search.strategies().stream()
        .filter(strategy::isSame)
        .findFirst()
        .map(Strategy::began)
        .orElse(List.of());
  }

  private RunRecord with(
      State newState, String now, Run newRun, Start newStart, Search newSearch, Preflight figures) {
    Times newTimes = new Times(times.started(), now);
    return new RunRecord(
        format, newState, newTimes, newRun, newStart, newSearch, surface, counts, seconds, figures,
        fidelity);
  }

  /**
   * This run with its ranked table. What was compared with an earlier ranking stays as long as the
   * ranking is the same, and is dropped otherwise.
   *
   * @param newCounts of mixtures; what it says of trained ones is not looked at
   * @param ended how the search ended whose question the table answers
   * @param weights which weights datasets have in its subsets
   * @param objective what ranked
   * @param base the base's score per task
   * @param found what a surface says of the scores
   * @param digest over the ranked table
   */
  public RunRecord ranked(
      Counts newCounts,
      Seconds newSeconds,
      Ended ended,
      SubsetWeights weights,
      Objective objective,
      SortedMap<String, Estimate> base,
      Surface found,
      String digest,
      String now) {
    boolean confirmed = counts.trained() > 0 || !fidelity.confirmations().isEmpty();
    boolean kept = confirmed && digest.equals(rankedDigest());
    return new RunRecord(
        format,
        kept ? State.CONFIRMED : State.RANKED,
        new Times(times.started(), now),
        run,
        start,
        new Search(objective, search.strategies(), ended, weights, digest, base),
        found,
        newCounts.withTrained(kept ? counts.trained() : 0),
        newSeconds,
        preflight,
        kept ? fidelity : Fidelity.NONE);
  }

  /**
   * This run with some mixtures really fine-tuned and compared; how its search was started stays.
   *
   * @param trained how many
   */
  public RunRecord confirmed(long trained, Seconds newSeconds, Fidelity found, String now) {
    return new RunRecord(
        format,
        State.CONFIRMED,
        new Times(times.started(), now),
        run,
        start,
        search,
        surface,
        counts.withTrained(trained),
        newSeconds,
        preflight,
        found);
  }

  /** How far a run got. */
  public enum State {
    /** Mixtures are being evaluated, or were when the process ended. */
    SEARCHING,
    /** The ranked table is there. */
    RANKED,
    /** Some mixtures were really fine-tuned and compared. */
    CONFIRMED
  }

  /**
   * When it happened, ISO 8601.
   *
   * @param started when the run was first started
   * @param updated when something was last found
   */
  public record Times(String started, String updated) {}

  /**
   * What the run is.
   *
   * @param id a hash of {@code identity}
   * @param identity everything that decides the scores: digests of inputs, method, evaluator
   * @param datasets the datasets' ids, ascending
   * @param inputs the files that were read
   */
  public record Run(
      String id,
      SortedMap<String, String> identity,
      List<String> datasets,
      List<RunInput> inputs) {}

  /**
   * How it was started.
   *
   * @param configuration every key with its value
   * @param versions of this software, Spark, the engine, Java; {@code device} names every kind of
   *     device that scores come from
   * @param baselines what was known of each dataset without its expert, from the manifest or
   *     measured, by dataset and name; may be empty
   */
  public record Start(
      SortedMap<String, String> configuration,
      SortedMap<String, String> versions,
      SortedMap<String, SortedMap<String, Double>> baselines) {}

  /**
   * What searched, and what ranked.
   *
   * @param objective how scores became one number; nothing until they did
   * @param strategies that worked on it, in the order in which they began
   * @param ended how the search ended whose question the ranked table answers
   * @param weights which weights datasets have in the subsets of that search
   * @param rankedDigest digest over the ranked table's ranks, mixtures and scores; empty until it
   *     is there
   * @param base the base model's score per task; empty until the search is done
   */
  public record Search(
      Objective objective,
      List<Strategy> strategies,
      Ended ended,
      SubsetWeights weights,
      String rankedDigest,
      SortedMap<String, Estimate> base) {

    public Search {
      strategies = List.copyOf(strategies);
    }
  }

  /**
   * How scores of several tasks become the one number that ranks.
   *
   * @param description in words
   * @param unit what scores are measured in
   * @param direction which way scores improve
   * @param tasks what counts, in ascending order of the tasks
   */
  public record Objective(
      String description, String unit, Direction direction, List<WeightedTask> tasks) {

    /** Nothing was ranked yet. */
    public static final Objective NONE =
        new Objective("", "", Direction.LOWER_IS_BETTER, List.of());

    public Objective {
      tasks = List.copyOf(tasks);
    }

    /** What is recorded of an objective. */
    public static Objective of(org.mergetomix.score.Objective objective) {
      return new Objective(
          objective.describe(),
          objective.unit(),
          objective.scoreUnit().direction(),
          objective.terms().stream().map(WeightedTask::of).toList());
    }

    /** The terms of the objective. */
    public List<org.mergetomix.score.Objective.Term> terms() {
      return tasks.stream().map(WeightedTask::term).toList();
    }
  }

  /**
   * A task in the objective.
   *
   * @param task its id
   * @param measure what it scores
   * @param weight its weight; only its share of all weights counts
   * @param scale a gain that counts as one, in the measure's unit; 0 for the size of the base's
   *     score
   */
  public record WeightedTask(String task, Measure measure, double weight, double scale) {

    private static WeightedTask of(org.mergetomix.score.Objective.Term term) {
      return new WeightedTask(term.task(), term.measure(), term.weight(), term.scale().orElse(0));
    }

    private org.mergetomix.score.Objective.Term term() {
      return new org.mergetomix.score.Objective.Term(
          task, measure, weight, scale == 0 ? OptionalDouble.empty() : OptionalDouble.of(scale));
    }
  }

  /**
   * A strategy that worked on the run.
   *
   * @param name its name, as in the names of rounds
   * @param description everything that decides what it proposes
   * @param began the folders of the rounds that were there when it began, ascending
   */
  public record Strategy(String name, String description, List<String> began) {

    public Strategy {
      began = List.copyOf(began);
    }

    /** Whether it would propose the same from the same. */
    public boolean isSame(Strategy other) {
      return name.equals(other.name) && description.equals(other.description);
    }
  }

  /**
   * How a search ended.
   *
   * @param strategy the name of its strategy; empty until one ended
   * @param reason why it asked for nothing more, as a clause
   */
  public record Ended(String strategy, String reason) {

    /** Nothing ended yet. */
    public static final Ended NEVER = new Ended("", "");
  }

  /**
   * What a surface, a model of the scores over merge weights, says of them.
   *
   * @param kind of the surface that predicts best; empty where there is none
   * @param mixtures to how many it was fitted
   * @param explained R² of its predictions of mixtures that were left out
   * @param rivals the same R² of other kinds of surface, by their names
   * @param basis of the gains: {@code exact}, {@code surface}, {@code rough} or {@code none}
   * @param gains by dataset
   */
  public record Surface(
      String kind,
      int mixtures,
      double explained,
      SortedMap<String, Double> rivals,
      String basis,
      SortedMap<String, Gain> gains) {

    /** There is none. */
    public static final Surface NONE =
        new Surface("", 0, 0, new TreeMap<>(), "none", new TreeMap<>());
  }

  /**
   * What a dataset does for the score, above 0 where it helps; errors are NaN where none is known
   * to hold.
   */
  public record Gain(Estimate shapley, Estimate mainEffect) {}

  /**
   * A file that was read.
   *
   * @param kind {@code model}, {@code base}, {@code expert}, {@code task}, {@code confirm}
   * @param id the dataset's or task's id; empty for the base
   * @param location its path
   * @param digest its sha256, in hex
   */
  public record RunInput(String kind, String id, String location, String digest) {}

  /**
   * How many mixtures there are.
   *
   * @param space that the question was about, evaluated or not; {@link Long#MAX_VALUE} where there
   *     are more
   * @param evaluated with a score
   * @param failed with an error in place of a score
   * @param refined of those, ratios beside the mixtures that the question was about
   * @param trained really fine-tuned, experts left out
   */
  public record Counts(long space, long evaluated, long failed, long refined, long trained) {

    /** Whether every mixture that the question was about was looked at. */
    public boolean coversSpace() {
      return evaluated + failed - refined >= space;
    }

    /** The mixtures that the question was about, for people: {@code 4,095}. */
    public String possible() {
      return space == Long.MAX_VALUE
          ? "more than 9 x 10^18"
          : String.format(Locale.ROOT, "%,d", space);
    }

    Counts withTrained(long number) {
      return new Counts(space, evaluated, failed, refined, number);
    }
  }

  /**
   * Where the time went, in seconds; merging, evaluating and training summed over task slots.
   *
   * @param merge merging and writing parameters
   * @param evaluate evaluating
   * @param training fine-tuning, experts left out
   * @param wall from start to end of the commands that found something
   */
  public record Seconds(double merge, double evaluate, double training, double wall) {}

  /**
   * The ranking beside models really fine-tuned.
   *
   * @param figures by name
   * @param confirmations the winner beside its baselines
   */
  public record Fidelity(SortedMap<String, Double> figures, List<Confirmation> confirmations) {

    /** Nothing was compared. */
    public static final Fidelity NONE = new Fidelity(new TreeMap<>(), List.of());

    public Fidelity {
      confirmations = List.copyOf(confirmations);
    }
  }
}
