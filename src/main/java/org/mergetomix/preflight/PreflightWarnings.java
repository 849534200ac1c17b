package org.mergetomix.preflight;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.DoublePredicate;
import java.util.function.Predicate;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.TensorNames;

/**
 * What pre-flight figures mean for the trust in a ranking: one warning for each thing that is
 * wrong, naming all experts that it is wrong with.
 */
final class PreflightWarnings {

  /**
   * From here on two experts are one: no two trainings end in the same direction to four digits.
   */
  private static final double SAME = 0.9999;

  /**
   * MergeMix (arXiv 2601.17858, appendix B): what one delta does to another's loss vanishes where
   * deltas are nearly orthogonal, as those from different data are. Where that ends is our choice:
   * at 0.5, half of each move is the other's.
   */
  private static final double ALIKE = 0.5;

  /** The same evidence, on the other side; our choice too. */
  private static final double OPPOSED = -0.1;

  /**
   * DeMix and MergeMix gave every expert the same number of tokens, so there is no evidence on
   * experts that moved unlike distances. How unlike is our choice.
   */
  private static final double UNEVEN = 3;

  /** So many experts or pairs are named; the figures have the others. */
  private static final int NAMED = 5;

  private PreflightWarnings() {}

  /**
   * The warnings.
   *
   * @param notNumbers of each dataset that has one, a tensor that is NaN or infinite
   */
  static List<String> of(Preflight figures, SortedMap<String, String> notNumbers) {
    List<Problem> warnings = new ArrayList<>();
    add(
        warnings,
        "",
        notNumbers.entrySet().stream()
            .map(found -> "%s in %s".formatted(found.getKey(), TensorNames.shown(found.getValue())))
            .toList(),
        "An expert has parameters that are NaN or infinite: no mixture with it can be evaluated",
        "Fine-tune it again at a lower learning rate, or leave its dataset out");
    add(
        warnings,
        "",
        experts(figures, expert -> expert.norm() == 0, ""),
        "An expert is the base itself, its delta is all zeros: in a mixture it says nothing of its"
            + " dataset",
        "Was it fine-tuned, and saved?");
    add(
        warnings,
        "",
        experts(
            figures,
            expert -> Double.isFinite(expert.norm()) && expert.drift() > Preflight.DRIFT_LIMIT,
            " by %.0f %%"),
        text(
            "An expert moved by more than %.0f %% of the base's norm, up to which there is"
                + " published evidence that surrogates hold; beyond, some rankings hold and some do"
                + " not, and drift does not tell which",
            100 * Preflight.DRIFT_LIMIT),
        "Measure it: with fidelity after a search, or before it with check --deep, where experts"
            + " were fine-tuned with training.held-out");
    addUneven(warnings, figures);
    add(
        warnings,
        "cosine of ",
        pairs(figures, cosine -> cosine >= SAME),
        "Two experts are the same, or one is a multiple of the other: the ranking cannot tell their"
            + " datasets apart",
        "Was one saved over the other? Name the right file, or leave one dataset out");
    add(
        warnings,
        "cosine of ",
        pairs(figures, cosine -> cosine > ALIKE && cosine < SAME),
        "Two experts moved in much the same direction, so their datasets may overlap: mixtures that"
            + " differ in one of them score alike, and their order says little",
        "Look at the ties in the ranked table before you choose between them");
    add(
        warnings,
        "cosine of ",
        pairs(figures, cosine -> cosine < OPPOSED),
        "Two experts moved against each other, and their merge undoes part of each, which training"
            + " on both need not do: mixtures with both may be ranked too low",
        "Measure some of them with fidelity before you leave one out");
    return warnings.stream().map(Problem::message).toList();
  }

  private static void addUneven(List<Problem> warnings, Preflight figures) {
    List<Map.Entry<String, Preflight.Movement>> byNorm =
        figures.experts().entrySet().stream()
            .filter(expert -> expert.getValue().norm() > 0)
            .filter(expert -> Double.isFinite(expert.getValue().norm()))
            .sorted(Comparator.comparingDouble(expert -> expert.getValue().norm()))
            .toList();
    if (byNorm.isEmpty()) {
      return;
    }
    Map.Entry<String, Preflight.Movement> near = byNorm.get(0);
    Map.Entry<String, Preflight.Movement> far = byNorm.get(byNorm.size() - 1);
    double times = far.getValue().norm() / near.getValue().norm();
    if (times > UNEVEN) {
      warnings.add(
          new Problem(
              "Experts moved unlike distances: in a mixture the far one outweighs the near one,"
                  + " whatever their datasets are worth",
              text("%s moved %.1f times as far as %s", far.getKey(), times, near.getKey()),
              "Fine-tune all experts for the same number of steps"));
    }
  }

  private static void add(
      List<Problem> warnings, String figure, List<String> found, String what, String remedy) {
    if (!found.isEmpty()) {
      List<String> named = found.subList(0, Math.min(NAMED, found.size()));
      String more = found.size() > NAMED ? " and %s more".formatted(found.size() - NAMED) : "";
      warnings.add(new Problem(what, figure + String.join(", ", named) + more, remedy));
    }
  }

  /** Ids, each followed by its drift in percent where the format has a place for it. */
  private static List<String> experts(
      Preflight figures, Predicate<Preflight.Movement> which, String drift) {
    return figures.experts().entrySet().stream()
        .filter(expert -> which.test(expert.getValue()))
        .map(expert -> expert.getKey() + text(drift, 100 * expert.getValue().drift()))
        .toList();
  }

  private static List<String> pairs(Preflight figures, DoublePredicate which) {
    List<String> pairs = new ArrayList<>();
    figures
        .cosines()
        .forEach(
            (one, row) ->
                row.forEach(
                    (other, cosine) -> {
                      if (which.test(cosine)) {
                        pairs.add(text("%s and %s %.2f", one, other, cosine));
                      }
                    }));
    return pairs;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
