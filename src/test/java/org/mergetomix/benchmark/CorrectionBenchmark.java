package org.mergetomix.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.Fidelities;
import org.mergetomix.rank.PlannedTrainings;
import org.mergetomix.rank.RankedScores;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.spark.Session;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RankedTable;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;

/**
 * What 8 real trainings make of the error of all other surrogates, on a run of which many more were
 * really trained. The 8 are chosen as {@code fidelity.choice=planned} would, but among those that
 * were trained: beside the winner and all datasets, those that tell most. To compare with: twice as
 * many, 8 planned after any one of the trained that happened to be the first, and 8 at random, from
 * 20 seeds. Errors are root mean squares over the mixtures that the correction was not told of;
 * where it is not applied, it leaves them as they are. The aim is half of the error before, or 1.2
 * times the noise of a training seed.
 *
 * <p>Arguments, in pairs: the output of a run; that of the same run whose trainings were repeated,
 * by {@code fidelity.seeds}, for the noise.
 */
public final class CorrectionBenchmark {

  private static final int TRAININGS = 8;
  private static final int SEEDS = 20;

  private final RankedScores ranked;
  private final List<FidelityRow> trained;
  private final ScoreUnit unit;
  private final double noise;

  private CorrectionBenchmark(SparkSession spark, RunDirectory run, RunDirectory repeated) {
    RunRecord.Objective objective = run.require().search().objective();
    unit = new ScoreUnit(objective.unit(), objective.direction());
    RankedTable table = run.ranked(spark);
    ranked = RankedScores.of(table, table.counts().ranked());
    List<FidelityRow> rows = run.fidelity(spark).read();
    Set<String> compared =
        Fidelities.points(rows).stream().map(FidelityPoint::mixture).collect(Collectors.toSet());
    trained = rows.stream().filter(row -> compared.contains(row.mixture())).toList();
    noise = Fidelities.seedDeviation(repeated.fidelity(spark).read());
  }

  /** Measures each run. */
  public static void main(String[] arguments) {
    Configuration configuration = Configuration.load(List.of(), List.of());
    try (Session session = Session.open(configuration.spark())) {
      SparkSession spark = session.spark();
      for (int i = 0; i < arguments.length; i += 2) {
        System.out.println(arguments[i]);
        new CorrectionBenchmark(spark, run(spark, arguments[i]), run(spark, arguments[i + 1]))
            .report();
      }
    }
  }

  private static RunDirectory run(SparkSession spark, String output) {
    return new RunDirectory(
        Location.of(Path.of(output).toAbsolutePath()), spark.sparkContext().hadoopConfiguration());
  }

  private void report() {
    System.out.printf(
        Locale.ROOT,
        "%d mixtures trained, %s; noise of a seed %.4f%n",
        trained.size(),
        unit.describe(),
        noise);
    for (int trainings : new int[] {TRAININGS, 2 * TRAININGS}) {
      report(
          trainings + " planned",
          List.of(planned(row -> Set.of("best", "all").contains(row.role()), trainings)));
    }
    report(
        TRAININGS + " after any first",
        trained.stream().map(first -> planned(row -> row.equals(first), TRAININGS)).toList());
    report(
        TRAININGS + " at random",
        IntStream.range(0, SEEDS)
            .mapToObj(
                seed -> {
                  List<FidelityRow> shuffled = new ArrayList<>(trained);
                  Collections.shuffle(shuffled, new Random(seed));
                  return shuffled.subList(0, TRAININGS);
                })
            .map(this::outcome)
            .toList());
  }

  private void report(String how, List<Outcome> outcomes) {
    System.out.printf(
        Locale.ROOT,
        "%-18s %3d times: error %.4f before, %.4f after (worst %.4f), %.2f of it (worst %.2f),"
            + " Spearman %.3f before, %.3f after (worst %.3f), applied %d times, aim met %d"
            + " times%n",
        how,
        outcomes.size(),
        median(outcomes, Outcome::before),
        median(outcomes, Outcome::after),
        -worst(outcomes, one -> -one.after()),
        median(outcomes, Outcome::share),
        -worst(outcomes, one -> -one.share()),
        median(outcomes, Outcome::orderBefore),
        median(outcomes, Outcome::orderAfter),
        worst(outcomes, Outcome::orderAfter),
        outcomes.stream().filter(Outcome::applied).count(),
        outcomes.stream().filter(one -> one.share() <= .5 || one.after() <= 1.2 * noise).count());
  }

  private static double median(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    return new Median().evaluate(outcomes.stream().mapToDouble(figure).toArray());
  }

  private static double worst(List<Outcome> outcomes, ToDoubleFunction<Outcome> figure) {
    return outcomes.stream().mapToDouble(figure).min().orElseThrow();
  }

  /** The outcome of those trainings that were there, and as many planned ones as are left. */
  private Outcome planned(Predicate<FidelityRow> there, int trainings) {
    List<FidelityRow> chosen = new ArrayList<>(trained.stream().filter(there).toList());
    Map<Mixture, FidelityRow> rows = new HashMap<>();
    trained.forEach(row -> rows.put(Mixture.parse(row.mixture()), row));
    Map<Mixture, Double> scores = new LinkedHashMap<>(ranked.scores());
    scores.keySet().retainAll(rows.keySet());
    PlannedTrainings.next(
            new RankedScores(scores, ranked.errors(), ranked.ranks()),
            chosen.stream().map(row -> Mixture.parse(row.mixture())).toList(),
            trainings - chosen.size())
        .forEach(mixture -> chosen.add(rows.get(mixture)));
    return outcome(chosen);
  }

  private Outcome outcome(Collection<FidelityRow> chosen) {
    Optional<CorrectedScores> correction = Fidelities.correction(List.copyOf(chosen), ranked, unit);
    Map<String, Double> corrected = new HashMap<>();
    correction.ifPresent(
        found ->
            found.rows().forEach(row -> corrected.put(row.mixture(), row.corrected().value())));
    List<FidelityRow> others = trained.stream().filter(row -> !chosen.contains(row)).toList();
    double[] real = others.stream().mapToDouble(row -> row.real().value()).toArray();
    double[] before = others.stream().mapToDouble(row -> row.surrogate().value()).toArray();
    double[] after =
        others.stream()
            .mapToDouble(row -> corrected.getOrDefault(row.mixture(), row.surrogate().value()))
            .toArray();
    return new Outcome(
        error(before, real),
        error(after, real),
        new SpearmansCorrelation().correlation(before, real),
        new SpearmansCorrelation().correlation(after, real),
        !corrected.isEmpty());
  }

  private static double error(double[] expected, double[] real) {
    return Math.sqrt(
        IntStream.range(0, real.length)
            .mapToDouble(i -> (real[i] - expected[i]) * (real[i] - expected[i]))
            .average()
            .orElseThrow());
  }

  /** One choice of trainings: errors and rank correlations of the others. */
  private record Outcome(
      double before, double after, double orderBefore, double orderAfter, boolean applied) {

    double share() {
      return after / before;
    }
  }
}
