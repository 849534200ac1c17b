package org.mergetomix.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.attribution.Attribution;
import org.mergetomix.statistics.attribution.DatasetGain;
import org.mergetomix.statistics.attribution.FactorialAttribution;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Basis;
import org.mergetomix.statistics.attribution.ScoreModelFit;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.SearchSettings;
import org.mergetomix.surface.proposal.SearchStep;
import org.mergetomix.surface.proposal.SurfaceProposer;
import org.mergetomix.table.Interaction;
import org.mergetomix.testing.SyntheticScores;

/**
 * How right the gains of datasets are after a search with a surface, with the mixtures that it
 * evaluated and no others, and with all but one of each dataset beside them: the greatest error of
 * a search over the range of the exact values, how often an error is said, and how many of the
 * exact values lie within 1.96 of it; the same of the interactions of any two.
 *
 * <p>Arguments: how many seeds, and numbers of datasets.
 */
public final class AttributionBenchmark {

  private static final double NOISE = 0.0005;

  private AttributionBenchmark() {}

  /** Runs all searches. */
  public static void main(String[] arguments) {
    int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    int[] sizes =
        arguments.length > 1
            ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
            : new int[] {8, 12};
    for (int datasets : sizes) {
      for (SyntheticScores.Kind kind : SyntheticScores.Kind.values()) {
        List<Result> alone = new ArrayList<>();
        List<Result> beside = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
          SyntheticScores scores = new SyntheticScores(datasets, kind, NOISE, seed);
          Map<Mixture, Double> seen = searched(scores);
          alone.addAll(results(scores, seen));
          allButOne(scores).forEach(one -> seen.put(one.mixture(), one.score()));
          beside.addAll(results(scores, seen));
        }
        report(datasets, kind, "search alone", alone);
        report(datasets, kind, "with all but one", beside);
      }
    }
  }

  private static void report(
      int datasets, SyntheticScores.Kind kind, String after, List<Result> results) {
    for (String what : List.of("Shapley value", "main effect", "interaction")) {
      List<Result> all = results.stream().filter(result -> result.what().equals(what)).toList();
      List<Result> said = all.stream().filter(Result::said).toList();
      System.out.printf(
          Locale.ROOT,
          "N = %-2d %-10s %-16s %-13s error / range mean %5.3f greatest %5.3f, R² %5.3f to %5.3f,"
              + " correlation %5.3f, least %5.3f,"
              + " error said %4.2f, then covered %5.3f, greatest %5.3f%n",
          datasets,
          kind.name().toLowerCase(Locale.ROOT),
          after,
          what,
          all.stream().mapToDouble(Result::greatest).average().orElse(Double.NaN),
          all.stream().mapToDouble(Result::greatest).max().orElse(Double.NaN),
          all.stream().mapToDouble(Result::explained).min().orElse(Double.NaN),
          all.stream().mapToDouble(Result::explained).max().orElse(Double.NaN),
          all.stream().mapToDouble(Result::correlation).average().orElse(Double.NaN),
          all.stream().mapToDouble(Result::correlation).min().orElse(Double.NaN),
          said.size() / (double) all.size(),
          said.stream().mapToDouble(Result::covered).average().orElse(Double.NaN),
          said.stream().mapToDouble(Result::greatest).max().orElse(Double.NaN));
    }
  }

  private static List<Result> results(SyntheticScores scores, Map<Mixture, Double> seen) {
    Axes axes = scores.axes();
    double[] all = new double[1 << axes.size()];
    for (int mask = 1; mask < all.length; mask++) {
      all[mask] = scores.truth(axes.weights(BitSet.valueOf(new long[] {mask})));
    }
    double most = Arrays.stream(all).skip(1).max().orElseThrow();
    all[0] = most + 0.02 * Math.abs(most);
    Attribution exact = new FactorialAttribution(all);
    ScoreModel model =
        ScoreModelFit.of(seen, new ScoreUnit("points", Direction.LOWER_IS_BETTER), all[0], 1)
            .orElseThrow();
    List<DatasetGain> gains = model.gains();
    List<Interaction> pairs = model.interactions();
    List<Result> results = new ArrayList<>();
    results.add(
        result(
            "Shapley value",
            model,
            gains.stream().mapToDouble(one -> -exact.shapley(at(axes, one)).value()).toArray(),
            gains.stream().map(DatasetGain::shapley).toList()));
    results.add(
        result(
            "main effect",
            model,
            gains.stream().mapToDouble(one -> -exact.mainEffect(at(axes, one)).value()).toArray(),
            gains.stream().map(DatasetGain::mainEffect).toList()));
    if (!pairs.isEmpty()) {
      results.add(
          result(
              "interaction",
              model,
              pairs.stream()
                  .mapToDouble(
                      one ->
                          -exact
                              .interaction(axes.indexOf(one.first()), axes.indexOf(one.second()))
                              .value())
                  .toArray(),
              pairs.stream().map(Interaction::gain).toList()));
    }
    return results;
  }

  private static int at(Axes axes, DatasetGain gain) {
    return axes.indexOf(gain.dataset());
  }

  private static Result result(String what, ScoreModel model, double[] truth, List<Estimate> said) {
    double range =
        Arrays.stream(truth).max().orElseThrow() - Arrays.stream(truth).min().orElseThrow();
    double greatest = 0;
    double covered = 0;
    for (int i = 0; i < truth.length; i++) {
      double miss = Math.abs(said.get(i).value() - truth[i]);
      greatest = Math.max(greatest, miss / range);
      covered += miss <= said.get(i).margin() ? 1.0 / truth.length : 0;
    }
    double[] values = said.stream().mapToDouble(Estimate::value).toArray();
    return new Result(
        what,
        model.explained(),
        model.basis() == Basis.SURFACE,
        greatest,
        covered,
        new PearsonsCorrelation().correlation(truth, values));
  }

  private static List<Observation> allButOne(SyntheticScores scores) {
    List<Observation> seen = new ArrayList<>();
    for (int i = 0; i < scores.axes().size(); i++) {
      BitSet members = new BitSet();
      members.set(0, scores.axes().size());
      members.clear(i);
      seen.add(scores.observed(scores.axes().subset(members)));
    }
    return seen;
  }

  private static Map<Mixture, Double> searched(SyntheticScores scores) {
    int datasets = scores.axes().size();
    SurfaceProposer proposer =
        new SurfaceProposer(
            AllowedSubsets.all(scores.axes()), SearchSettings.of(datasets, datasets));
    List<List<Observation>> rounds = new ArrayList<>();
    while (proposer.next(History.of(rounds)) instanceof SearchStep.Evaluate evaluate) {
      rounds.add(evaluate.mixtures().stream().map(scores::observed).toList());
    }
    Map<Mixture, Double> seen = new HashMap<>();
    rounds.stream().flatMap(List::stream).forEach(one -> seen.put(one.mixture(), one.score()));
    return seen;
  }

  /**
   * One search: R², whether errors were said, the greatest error, the share that is covered, the
   * correlation with the exact values.
   */
  private record Result(
      String what,
      double explained,
      boolean said,
      double greatest,
      double covered,
      double correlation) {}
}
