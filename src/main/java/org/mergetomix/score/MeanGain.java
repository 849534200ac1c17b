package org.mergetomix.score;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The weighted mean of the gains over the base of tasks that have several units, each divided by
 * its scale.
 *
 * <p>With the size of the base's score as the scale, a gain is a ratio whose denominator was
 * measured on the same examples. Its error takes that in by the delta method.
 */
final class MeanGain extends Objective {

  private static final long serialVersionUID = 1L;

  /** A base's score is a scale when it is at least so many of its errors away from nought. */
  private static final double ERRORS = 2;

  // A copy, which can be serialized.
  @SuppressWarnings("serial")
  private final SortedMap<String, ExampleScores> base;

  private MeanGain(List<Term> terms, SortedMap<String, ExampleScores> base) {
    super(terms, new ScoreUnit("gain over the base", Direction.HIGHER_IS_BETTER));
    this.base = base;
  }

  static MeanGain over(List<Term> terms, SortedMap<String, ExampleScores> base) {
    TreeMap<String, ExampleScores> kept = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (Term term : terms) {
      ExampleScores examples = base.get(term.task());
      if (examples == null) {
        throw new IllegalArgumentException(
            "Gains over the base need its scores of the task " + term.task());
      }
      kept.put(term.task(), examples);
      problem(term, examples.aggregate(term.measure().aggregate())).ifPresent(problems::add);
    }
    UserException.inputIfAny(problems);
    return new MeanGain(terms, kept);
  }

  private static Optional<Problem> problem(Term term, Estimate base) {
    String unit = term.measure().unit();
    if (!Double.isFinite(base.value())) {
      return Optional.of(
          new Problem(
              "The base's score of the task %s is not a number, so there is no gain over it"
                  .formatted(term.task()),
              "tasks." + term.task(),
              "Leave the task out, or give it examples that the base has a score for"));
    }
    boolean far = Math.abs(base.value()) >= ERRORS * base.standardError() && base.value() != 0;
    if (term.scale().isPresent() || far) {
      return Optional.empty();
    }
    String error =
        Double.isNaN(base.standardError())
            ? "and its error is not known from one example"
            : String.format(Locale.ROOT, "with a standard error of %.4g", base.standardError());
    return Optional.of(
        new Problem(
            String.format(
                Locale.ROOT,
                "The tasks have several units, so gains over the base are divided by its scores,"
                    + " but that of the task %s is %.4g %s %s: too near to nought to divide by",
                term.task(),
                base.value(),
                unit,
                error),
            "tasks." + term.task() + ".scale",
            "Give the task the key scale: a gain in " + unit + " that counts as one"));
  }

  @Override
  Estimate score(Term term, ExampleScores subject) {
    return gain(term, subject, base.get(term.task()));
  }

  @Override
  Estimate finished(Term term, Estimate score) {
    Estimate reference = base.get(term.task()).aggregate(term.measure().aggregate());
    return new Estimate(
        term.measure().direction().gain(score.value(), reference.value()) / unit(term),
        Math.hypot(score.standardError(), reference.standardError()) / unit(term));
  }

  @Override
  Estimate gain(Term term, ExampleScores subject, ExampleScores reference) {
    Measure.Aggregate aggregate = term.measure().aggregate();
    ExampleScores denominator = base.get(term.task());
    double scale = unit(term);
    if (!subject.sameExamples(denominator)) {
      throw new IllegalArgumentException(
          "The scores of " + term.task() + " are not on the examples that the base was scored on");
    }
    Estimate difference = subject.minus(reference, aggregate);
    double gain = term.measure().direction().gain(difference.value(), 0) / scale;
    if (term.scale().isPresent()) {
      return new Estimate(gain, difference.standardError() / scale);
    }
    double ratio = difference.value() / denominator.aggregate(aggregate).value();
    double[] influences = subject.influences(aggregate);
    double[] ofReference = reference.influences(aggregate);
    double[] ofBase = denominator.influences(aggregate);
    Arrays.setAll(influences, i -> (influences[i] - ofReference[i] - ratio * ofBase[i]) / scale);
    return new Estimate(gain, ExampleScores.error(influences));
  }

  @Override
  public Objective onFirst(SortedMap<String, Integer> examples) {
    SortedMap<String, ExampleScores> first = new TreeMap<>();
    base.forEach((task, scores) -> first.put(task, scores.first(examples.get(task))));
    return new MeanGain(
        terms().stream()
            .map(
                term ->
                    new Term(
                        term.task(), term.measure(), term.weight(), OptionalDouble.of(unit(term))))
            .toList(),
        first);
  }

  @Override
  public Objective reordered(SortedMap<String, int[]> orders) {
    SortedMap<String, ExampleScores> ordered = new TreeMap<>();
    base.forEach((task, scores) -> ordered.put(task, scores.inOrder(orders.get(task))));
    return new MeanGain(terms(), ordered);
  }

  @Override
  double unit(Term term) {
    return term.scale()
        .orElseGet(
            () -> Math.abs(base.get(term.task()).aggregate(term.measure().aggregate()).value()));
  }

  @Override
  String detail(Term term) {
    return term.scale().isPresent()
        ? " with a gain of " + term.scale().getAsDouble() + " " + term.measure().unit() + " as one"
        : " with gains divided by the base's " + term.measure().unit();
  }
}
