package org.mergetomix.score;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mergetomix.problem.UserException;

/**
 * Turns the scores of several tasks into the one number that ranks.
 *
 * <p>Tasks of one unit: the weighted mean of their scores, in that unit. Tasks of several units:
 * the weighted mean of their gains over the base, each divided by its scale, where higher is
 * better. The scale is the one given, or the size of the base's score.
 *
 * <p>Errors take the examples of a task as drawn at random, and those of two tasks as drawn
 * independently. Everything measured on the same examples is compared example by example, the base
 * included. The order of the terms and a common factor of their weights change nothing.
 *
 * <p>Immutable, so safe to share between threads.
 */
public abstract sealed class Objective implements Serializable permits MeanScore, MeanGain {

  private static final long serialVersionUID = 1L;

  private final List<Term> terms;
  private final double[] shares;
  private final ScoreUnit scoreUnit;

  /**
   * A task in the objective.
   *
   * @param task its id
   * @param measure what it scores
   * @param weight positive and finite; only its share of all weights counts
   * @param scale a gain that counts as one, positive and finite, in the measure's unit; empty for
   *     the size of the base's score. Looked at only beside tasks of other units
   */
  public record Term(String task, Measure measure, double weight, OptionalDouble scale)
      implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * @throws IllegalArgumentException when the weight or the scale will not do
     */
    public Term {
      Estimate.requireWeight(weight);
      scale.ifPresent(Estimate::requireWeight);
    }

    private Object writeReplace() {
      return new StoredTerm(task, measure, weight, scale.orElse(Double.NaN));
    }
  }

  /** A term as it travels: an optional number cannot. */
  private record StoredTerm(String task, Measure measure, double weight, double scale)
      implements Serializable {

    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return new Term(
          task,
          measure,
          weight,
          Double.isNaN(scale) ? OptionalDouble.empty() : OptionalDouble.of(scale));
    }
  }

  /**
   * The objective over tasks.
   *
   * @param terms one or more, each of another task
   * @param base the base's scores by task; looked at only when the terms have several units, so it
   *     may be empty when they have one
   * @throws IllegalArgumentException when there is no term, or two of one task
   * @throws UserException if terms have several units and the base's score of one without a scale
   *     is too near to nought to divide by, or the base has no number for one
   */
  public static Objective of(List<Term> terms, SortedMap<String, ExampleScores> base) {
    List<Term> sorted = terms.stream().sorted(Comparator.comparing(Term::task)).toList();
    if (sorted.isEmpty() || sorted.stream().map(Term::task).distinct().count() < sorted.size()) {
      throw new IllegalArgumentException("There is one term for each task, not " + terms);
    }
    return oneUnit(sorted) ? new MeanScore(sorted) : MeanGain.over(sorted, base);
  }

  /** Whether the base's scores are not needed for the objective over such terms. */
  public static boolean oneUnit(List<Term> terms) {
    return terms.stream().map(Objective::unitOf).distinct().count() == 1;
  }

  Objective(List<Term> terms, ScoreUnit scoreUnit) {
    this.terms = terms;
    this.shares = Estimate.shares(terms.stream().map(Term::weight).toList());
    this.scoreUnit = scoreUnit;
  }

  /** The score of a model; all tasks of the objective must be there. */
  public final Estimate score(SortedMap<String, ExampleScores> byTask) {
    return mean(byTask.keySet(), term -> score(term, byTask.get(term.task())));
  }

  /**
   * How much worse a model is than the best one, both on the same examples: positive when it is
   * worse.
   *
   * @throws IllegalArgumentException when a task of the objective is missing, or the examples are
   *     not the same
   */
  public final Estimate gap(
      SortedMap<String, ExampleScores> subject, SortedMap<String, ExampleScores> best) {
    return gain(best, subject);
  }

  /**
   * How much better a model is than another, both on the same examples: positive when it is better.
   *
   * @throws IllegalArgumentException when a task of the objective is missing, or the examples are
   *     not the same
   */
  public final Estimate gain(
      SortedMap<String, ExampleScores> subject, SortedMap<String, ExampleScores> reference) {
    TreeSet<String> both = new TreeSet<>(subject.keySet());
    both.retainAll(reference.keySet());
    return mean(both, term -> gain(term, subject.get(term.task()), reference.get(term.task())));
  }

  /**
   * How much better a model is than another on each task, both on the same examples: positive where
   * it is better. In one unit, or each divided by its scale.
   *
   * @throws IllegalArgumentException as {@link #gain}
   */
  public final SortedMap<String, Estimate> taskGains(
      SortedMap<String, ExampleScores> subject, SortedMap<String, ExampleScores> reference) {
    SortedMap<String, Estimate> gains = new TreeMap<>();
    for (Term term : terms) {
      gains.put(term.task(), gain(term, subject.get(term.task()), reference.get(term.task())));
    }
    return gains;
  }

  /**
   * The score of a model of which no more is known than its score on each task, in the task's own
   * unit. Where that is a gain over the base, its error takes the two as on different examples.
   *
   * @throws IllegalArgumentException when a task of the objective is missing
   */
  public final Estimate ofTasks(SortedMap<String, Estimate> byTask) {
    return mean(byTask.keySet(), term -> finished(term, byTask.get(term.task())));
  }

  /** The score of a model on each task of the objective, in the task's own unit. */
  public final SortedMap<String, Estimate> tasks(SortedMap<String, ExampleScores> byTask) {
    SortedMap<String, Estimate> scores = new TreeMap<>();
    for (Term term : terms) {
      ExampleScores examples = byTask.get(term.task());
      if (examples != null) {
        scores.put(term.task(), examples.aggregate(term.measure().aggregate()));
      }
    }
    return scores;
  }

  /** The terms, in ascending order of their tasks. */
  public final List<Term> terms() {
    return terms;
  }

  /** What the score is measured in, for people: {@code bits per byte}. */
  public final String unit() {
    return scoreUnit.name();
  }

  /** What the score is measured in and which way it improves. */
  public final ScoreUnit scoreUnit() {
    return scoreUnit;
  }

  /** Orders scores best first; NaN comes last. */
  public final Comparator<Double> bestFirst() {
    return scoreUnit.bestFirst();
  }

  /**
   * What it is, for the run record: {@code weighted mean of bits per byte, lower is better: news
   * 0.25, wiki 0.75}.
   */
  public final String describe() {
    return IntStream.range(0, terms.size())
        .mapToObj(
            i ->
                terms.get(i).task()
                    + String.format(Locale.ROOT, " %.4g", shares[i])
                    + detail(terms.get(i)))
        .collect(Collectors.joining(", ", "weighted mean of " + scoreUnit.describe() + ": ", ""));
  }

  /**
   * The same for models that were evaluated on the first examples of each task: these are all there
   * are to it.
   *
   * @param examples how many, by task
   */
  public abstract Objective onFirst(SortedMap<String, Integer> examples);

  /**
   * The same for models whose examples are in another order.
   *
   * @param orders by task, which of its examples stands at each place
   */
  public abstract Objective reordered(SortedMap<String, int[]> orders);

  /**
   * What the score moves by where the mean of a task's examples moves by one, turned so that lower
   * is better.
   *
   * @throws IllegalArgumentException for a task whose score is no mean
   */
  public final double slope(String task) {
    for (int i = 0; i < shares.length; i++) {
      Term term = terms.get(i);
      if (term.task().equals(task) && term.measure().aggregate() == Measure.Aggregate.MEAN) {
        double sign = term.measure().direction() == Direction.LOWER_IS_BETTER ? 1 : -1;
        return sign * shares[i] / unit(term);
      }
    }
    throw new IllegalArgumentException("The objective is not linear in the examples of " + task);
  }

  /** What a gain on a task is divided by on its way into the mean. */
  abstract double unit(Term term);

  /** The score of a model on one task, as it goes into the mean. */
  abstract Estimate score(Term term, ExampleScores subject);

  /** A finished score of one task, as it goes into the mean. */
  abstract Estimate finished(Term term, Estimate score);

  /** How much better a model is than another on one task, as it goes into the mean. */
  abstract Estimate gain(Term term, ExampleScores subject, ExampleScores reference);

  /** What else there is to say of a term. */
  abstract String detail(Term term);

  private Estimate mean(Set<String> there, Function<Term, Estimate> estimate) {
    for (Term term : terms) {
      if (!there.contains(term.task())) {
        throw new IllegalArgumentException(
            "There are scores of the tasks " + there + ", but not of " + term.task());
      }
    }
    return Estimate.mean(terms.stream().map(estimate).toList(), shares);
  }

  static ScoreUnit unitOf(Term term) {
    return new ScoreUnit(term.measure().unit(), term.measure().direction());
  }
}
