package org.mergetomix.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.statistics.Interval;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.Front;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/** A made-up run of the size of the embedded example. */
final class RealisticContent {

  private static final List<String> DATASETS =
      List.of("de", "es", "fi", "fr", "it", "pl", "sv", "tr");
  private static final Map<String, Double> WORTH =
      Map.of(
          "es", 0.30, "it", 0.22, "fr", 0.16, "de", -0.05, "sv", 0.02, "fi", -0.03, "tr", -0.02,
          "pl", 0.012);
  private static final double ERROR = 0.02;

  private final Random random = new Random(7);

  private RealisticContent() {}

  static ReportContent create() {
    return new RealisticContent().content();
  }

  private ReportContent content() {
    List<RankedRow> ranked = ranked();
    return new ReportContent(
        record(ranked),
        "Which of the languages de, es, fi, fr, it, pl, sv and tr help Catalan?",
        "Fine-tune on "
            + ranked.get(0).mixture()
            + ": 2.981 bits per byte on names never seen, against 3.612 for the base.",
        List.of(),
        new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER),
        ranked.subList(0, 20),
        new Front(0, 0, List.of()),
        new SeenExamples(new TreeMap<>(Map.of(167L, 255L))),
        Optional.of(new Estimate(3.612, 0.031)),
        effects(),
        Optional.of(SmallContent.model(ScoreModel.Basis.EXACT, Double.NaN)),
        List.of("es", "it"),
        List.of(),
        sizes(ranked),
        Optional.of(
            new Fidelity(
                18,
                new Correlation(0.968, new Interval(0.921, 0.989, 0.95)),
                new Correlation(0.957, new Interval(0.884, 0.987, 0.95)),
                new Correlation(0.856, new Interval(0.731, 0.942, 0.95)),
                0.8,
                0,
                0)),
        points(ranked),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static RunRecord record(List<RankedRow> ranked) {
    RunRecord begun =
        RunRecord.begun(
            "2026-01-01T00:00:00Z",
            new RunRecord.Run(
                "3f9c21d08ab4",
                new TreeMap<>(),
                DATASETS,
                List.of(
                    new RunRecord.RunInput(
                        "base", "base", "target/demo/base", "sha256:9b1c".repeat(6)),
                    new RunRecord.RunInput(
                        "dataset", "es", "icu4j:78.1/es", "sha256:77aa0e".repeat(5)))),
            new RunRecord.Start(
                new TreeMap<>(Map.of("merge.method", "average", "search.seed", "17")),
                new TreeMap<>(Map.of("merge-to-mix", "0.1.0", "spark", "4.0.1", "java", "17.0.15")),
                new TreeMap<>()));
    return new RunRecord(
        begun.format(),
        RunRecord.State.CONFIRMED,
        begun.times(),
        begun.run(),
        begun.start(),
        begun.search(),
        begun.surface(),
        new RunRecord.Counts(255, 255, 0, 0, 18),
        new RunRecord.Seconds(0.63, 41.2, 148.3, 131.7),
        preflight(),
        new RunRecord.Fidelity(new TreeMap<>(), confirmations(ranked)));
  }

  private List<RankedRow> ranked() {
    record Scored(String mixture, List<String> datasets, double score) {}
    List<Scored> scored =
        IntStream.range(1, 256)
            .mapToObj(this::datasetsOf)
            .map(
                datasets ->
                    new Scored(
                        String.join("+", datasets),
                        datasets,
                        3.20
                            - datasets.stream().mapToDouble(WORTH::get).sum() / 6
                            - 0.02 * Math.log(datasets.size())
                            + 0.004 * random.nextGaussian()))
            .sorted(Comparator.comparingDouble(Scored::score))
            .toList();
    List<RankedRow> rows = new ArrayList<>();
    for (Scored row : scored) {
      double gap = row.score() - scored.get(0).score();
      Estimate score = new Estimate(row.score(), ERROR);
      rows.add(
          new RankedRow(
              OptionalLong.of(rows.size() + 1L),
              row.mixture(),
              row.datasets(),
              row.datasets().stream().map(id -> 1.0 / row.datasets().size()).toList(),
              score,
              new Estimate(gap, gap == 0 ? 0 : 0.0052),
              Optional.of(new RankInterval(Math.max(1, rows.size() - 3), rows.size() + 5L, 0.1)),
              FrontPlace.UNTOLD,
              new TreeMap<>(Map.of("names", score)),
              167,
              false,
              RowStatus.OK,
              "",
              0.002,
              0.16));
    }
    return rows;
  }

  private List<String> datasetsOf(int mask) {
    return IntStream.range(0, DATASETS.size())
        .filter(i -> (mask >> i & 1) == 1)
        .mapToObj(DATASETS::get)
        .toList();
  }

  private List<DatasetEffect> effects() {
    return DATASETS.stream()
        .map(
            id ->
                new DatasetEffect(
                    id,
                    new Estimate(3.24 - WORTH.get(id) / 6, ERROR),
                    new Estimate(3.24 + WORTH.get(id) / 6, ERROR),
                    new Estimate(WORTH.get(id) / 3, 0.0032)))
        .toList();
  }

  private static List<BestOfSize> sizes(List<RankedRow> ranked) {
    return ranked.stream()
        .collect(Collectors.groupingBy(RankedRow::size, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .map(rows -> rows.get(0))
        .map(best -> new BestOfSize(best.size(), best.mixture(), best.score()))
        .toList();
  }

  private static Preflight preflight() {
    Random random = new Random(11);
    SortedMap<String, Preflight.Movement> experts = new TreeMap<>();
    SortedMap<String, SortedMap<String, Double>> cosines = new TreeMap<>();
    for (String id : DATASETS) {
      double drift = 0.04 + 0.09 * random.nextDouble();
      SortedMap<String, Double> layers = new TreeMap<>();
      layers.put("outside of layers", drift * 0.4);
      for (int layer = 0; layer < 12; layer++) {
        layers.put(
            "model.layers." + layer, drift * (0.6 + 0.07 * layer + 0.1 * random.nextDouble()));
      }
      experts.put(id, new Preflight.Movement(40 * drift, drift, 1, layers));
      SortedMap<String, Double> row = new TreeMap<>();
      DATASETS.stream()
          .filter(other -> other.compareTo(id) > 0)
          .forEach(other -> row.put(other, -0.15 + 0.8 * random.nextDouble()));
      cosines.put(id, row);
    }
    return new Preflight(
        40,
        0.1,
        experts,
        cosines,
        List.of("Two experts moved in much the same direction (es and it, cosine 0.61)."));
  }

  private List<FidelityPoint> points(List<RankedRow> ranked) {
    List<FidelityPoint> points = new ArrayList<>();
    List<RankedRow> joint = ranked.stream().filter(row -> row.size() > 1).toList();
    for (int i = 0; i < 18; i++) {
      RankedRow row = joint.get(i == 17 ? joint.size() - 1 : i * 14);
      String role =
          i == 0
              ? "best"
              : i == 17 ? "worst" : i == 9 ? "all" : i % 3 == 1 ? "leave-one-out" : "spread";
      double real = 3.0 + 0.7 * (row.score().value() - 3.08) + 0.012 * random.nextGaussian();
      points.add(new FidelityPoint(row.mixture(), role, row.score(), new Estimate(real, ERROR)));
    }
    return points;
  }

  private static List<Confirmation> confirmations(List<RankedRow> ranked) {
    return List.of(
        new Confirmation(
            "winner", ranked.get(0).mixture(), new Estimate(2.981, 0.029), new Estimate(0, 0)),
        new Confirmation("base", "", new Estimate(3.612, 0.034), new Estimate(0.631, 0.021)),
        new Confirmation(
            "all datasets",
            String.join("+", DATASETS),
            new Estimate(3.044, 0.029),
            new Estimate(0.063, 0.011)),
        new Confirmation(
            "best single dataset", "es", new Estimate(3.012, 0.030), new Estimate(0.031, 0.010)),
        new Confirmation(
            "mean of random mixtures", "", new Estimate(3.131, 0.012), new Estimate(0.150, 0.009)));
  }
}
