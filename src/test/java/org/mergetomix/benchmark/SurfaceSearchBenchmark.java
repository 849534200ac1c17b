package org.mergetomix.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.mergetomix.surface.Observation;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.GreedyPath;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.OrderedSoup;
import org.mergetomix.surface.proposal.Proposer;
import org.mergetomix.surface.proposal.RandomOrder;
import org.mergetomix.surface.proposal.SearchSettings;
import org.mergetomix.surface.proposal.SearchStep;
import org.mergetomix.surface.proposal.SurfaceProposer;
import org.mergetomix.testing.SyntheticScores;

/**
 * How many evaluations searches need on synthetic scores until they stop, how much worse their best
 * is than the best there is, and seconds of CPU that the slowest round took to propose. Medians and
 * the worst over 20 seeds; regret in percent of the best score.
 *
 * <p>Arguments: how many seeds, and numbers of datasets.
 */
public final class SurfaceSearchBenchmark {

  private static final double NOISE = 0.001;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private SurfaceSearchBenchmark() {}

  /** Runs all searches. */
  public static void main(String[] arguments) {
    int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
    int[] sizes =
        arguments.length > 1
            ? Arrays.stream(arguments).skip(1).mapToInt(Integer::parseInt).toArray()
            : new int[] {8, 12, 20, 40};
    System.out.printf(
        Locale.ROOT,
        "%-3s %-10s %-9s %11s %11s %15s %13s %13s%n",
        "N",
        "scores",
        "search",
        "evaluations",
        "worst",
        "regret median",
        "worst",
        "CPU s a round");
    for (int datasets : sizes) {
      for (SyntheticScores.Kind kind : SyntheticScores.Kind.values()) {
        List<SyntheticScores> scores =
            IntStream.range(0, seeds)
                .mapToObj(seed -> new SyntheticScores(datasets, kind, NOISE, seed))
                .toList();
        double[] best = scores.stream().mapToDouble(SyntheticScores::lowestOfSubsets).toArray();
        for (String search : List.of("surface", "soup", "forward", "backward", "random")) {
          List<Result> results = new ArrayList<>();
          for (int seed = 0; seed < seeds; seed++) {
            results.add(search(scores.get(seed), search, seed, best[seed]));
          }
          report(datasets, kind, search, results);
        }
      }
    }
  }

  private static void report(
      int datasets, SyntheticScores.Kind kind, String search, List<Result> results) {
    double[] evaluations = sorted(results.stream().mapToDouble(Result::evaluations).toArray());
    double[] regrets = sorted(results.stream().mapToDouble(Result::regret).toArray());
    int last = results.size() - 1;
    System.out.printf(
        Locale.ROOT,
        "%-3d %-10s %-9s %11.0f %11.0f %15.3f %13.3f %13.3f%n",
        datasets,
        kind.name().toLowerCase(Locale.ROOT),
        search,
        evaluations[last / 2],
        evaluations[last],
        regrets[last / 2],
        regrets[last],
        results.stream().mapToDouble(Result::slowest).max().orElseThrow());
  }

  private static Result search(SyntheticScores scores, String name, long seed, double best) {
    AllowedSubsets allowed = AllowedSubsets.all(scores.axes());
    int datasets = scores.axes().size();
    Proposer proposer =
        switch (name) {
          case "surface" -> new SurfaceProposer(allowed, SearchSettings.of(datasets, seed));
          case "soup" -> new OrderedSoup(allowed, 1);
          case "forward" -> GreedyPath.forward(allowed);
          case "backward" -> GreedyPath.backward(allowed);
          default -> new RandomOrder(allowed, 8, seed);
        };
    List<List<Observation>> rounds = new ArrayList<>();
    int evaluations = 0;
    double slowest = 0;
    while (evaluations < 100 || !name.equals("random")) {
      long begin = CLOCK.getCurrentThreadCpuTime();
      SearchStep step = proposer.next(History.of(rounds));
      slowest = Math.max(slowest, (CLOCK.getCurrentThreadCpuTime() - begin) / 1e9);
      if (!(step instanceof SearchStep.Evaluate evaluate)) {
        break;
      }
      rounds.add(evaluate.mixtures().stream().map(scores::observed).toList());
      evaluations += evaluate.mixtures().size();
    }
    Observation chosen =
        rounds.stream()
            .flatMap(List::stream)
            .min(Comparator.comparingDouble(Observation::score))
            .orElseThrow();
    double truth = scores.truth(scores.axes().weights(chosen.mixture()));
    return new Result(evaluations, 100 * (truth - best) / Math.abs(best), slowest);
  }

  private static double[] sorted(double[] values) {
    Arrays.sort(values);
    return values;
  }

  /** One search: evaluations, regret in percent, seconds of CPU of the slowest proposal. */
  private record Result(int evaluations, double regret, double slowest) {}
}
