package org.mergetomix.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.Measure;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.BaselineChoice;
import org.mergetomix.statistics.BestOfSize;
import org.mergetomix.statistics.Correlation;
import org.mergetomix.statistics.DatasetEffect;
import org.mergetomix.statistics.Fidelity;
import org.mergetomix.statistics.FidelityPoint;
import org.mergetomix.statistics.Interval;
import org.mergetomix.statistics.attribution.DatasetGain;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.statistics.correction.CorrectedScores.Expected;
import org.mergetomix.surface.proposal.RoundPromise;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.CorrectedRow;
import org.mergetomix.table.Front;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.Interaction;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunRecord;
import org.mergetomix.table.SeenExamples;

/** Three mixtures of two datasets, and variations of them. */
final class SmallContent {

  private SmallContent() {}

  /** With every section. */
  static ReportContent whole() {
    return content(
        "Which of es and fr help Catalan?",
        List.of(row(1, "es", 3.100, 0), row(2, "es+fr", 3.104, 0.004), row(3, "fr", 3.250, 0.150)),
        true);
  }

  /** The same of a search that evaluated a part of the mixtures. */
  static ReportContent part(RunRecord.Counts counts, RunRecord.Ended ended) {
    ReportContent whole = whole();
    RunRecord run = whole.run();
    RunRecord.Search search = run.search();
    return new ReportContent(
        new RunRecord(
            run.format(),
            run.state(),
            run.times(),
            run.run(),
            run.start(),
            new RunRecord.Search(
                search.objective(),
                search.strategies(),
                ended,
                search.weights(),
                "",
                search.base()),
            run.surface(),
            counts,
            run.seconds(),
            run.preflight(),
            run.fidelity()),
        whole.question(),
        whole.answer(),
        whole.warnings(),
        whole.unit(),
        whole.top(),
        whole.front(),
        whole.seen(),
        whole.base(),
        List.of(),
        Optional.of(model(ScoreModel.Basis.ROUGH, Double.NaN)),
        whole.mapped(),
        List.of(
            new RoundPromise(1, 9, 3.2, OptionalDouble.empty()),
            new RoundPromise(2, 4, 3.1, OptionalDouble.of(.08)),
            new RoundPromise(3, 4, 3.1, OptionalDouble.of(.0004))),
        whole.bestBySize(),
        whole.fidelity(),
        whole.fidelityPoints(),
        whole.correction(),
        whole.corrected(),
        whole.baselines());
  }

  /** The same of a search whose mixtures raced. */
  static ReportContent raced(SeenExamples seen) {
    ReportContent whole = whole();
    return new ReportContent(
        whole.run(),
        whole.question(),
        whole.answer(),
        whole.warnings(),
        whole.unit(),
        whole.top(),
        whole.front(),
        seen,
        whole.base(),
        whole.effects(),
        whole.model(),
        whole.mapped(),
        whole.rounds(),
        whole.bestBySize(),
        whole.fidelity(),
        whole.fidelityPoints(),
        whole.correction(),
        whole.corrected(),
        whole.baselines());
  }

  /** The same of enough trainings for a correction. */
  static ReportContent corrected() {
    ReportContent whole = whole();
    return new ReportContent(
        whole.run(),
        whole.question(),
        whole.answer(),
        whole.warnings(),
        whole.unit(),
        whole.top(),
        whole.front(),
        whole.seen(),
        whole.base(),
        whole.effects(),
        whole.model(),
        whole.mapped(),
        whole.rounds(),
        whole.bestBySize(),
        whole.fidelity(),
        whole.fidelityPoints(),
        Optional.of(
            new CorrectedScores(
                List.of(
                    new Expected(Mixture.parse("es+fr"), 3.104, 3.06, 3.065),
                    new Expected(Mixture.parse("es+it"), 3.14, 3.11, 3.1)),
                .04,
                .01,
                List.of(
                    new CorrectedRow(2, "es+fr", 3.104, 1, new Estimate(3.0612, Double.NaN), 3.06),
                    new CorrectedRow(1, "es", 3.1, 2, new Estimate(3.1, 0), Double.NaN)))),
        whole.fidelity(),
        whole.baselines());
  }

  /** The same of datasets of which something is known without experts. */
  static ReportContent compared() {
    ReportContent whole = whole();
    return new ReportContent(
        whole.run(),
        whole.question(),
        whole.answer(),
        whole.warnings(),
        whole.unit(),
        whole.top(),
        whole.front(),
        whole.seen(),
        whole.base(),
        whole.effects(),
        whole.model(),
        whole.mapped(),
        whole.rounds(),
        whole.bestBySize(),
        whole.fidelity(),
        whole.fidelityPoints(),
        whole.correction(),
        whole.corrected(),
        List.of(
            new BaselineChoice("share", "fr", Optional.of(row(3, "fr", 3.250, 0.150))),
            new BaselineChoice("similarity to ca", "it", Optional.empty())));
  }

  /** The same of two tasks. */
  static ReportContent twoTasks() {
    ReportContent whole = whole();
    RunRecord run = whole.run();
    RunRecord.Search search = run.search();
    Measure bits =
        new Measure(
            "bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Measure.Aggregate.MEAN);
    Measure accuracy =
        new Measure("acc", "accuracy", Direction.HIGHER_IS_BETTER, Measure.Aggregate.MEAN);
    RunRecord.Objective objective =
        new RunRecord.Objective(
            "mean of gains",
            "gain over the base",
            Direction.HIGHER_IS_BETTER,
            List.of(
                new RunRecord.WeightedTask("names", bits, 1, 0),
                new RunRecord.WeightedTask("quiz", accuracy, 1, 0)));
    return new ReportContent(
        new RunRecord(
            run.format(),
            run.state(),
            run.times(),
            run.run(),
            run.start(),
            new RunRecord.Search(
                objective,
                search.strategies(),
                search.ended(),
                search.weights(),
                "",
                search.base()),
            run.surface(),
            run.counts(),
            run.seconds(),
            run.preflight(),
            run.fidelity()),
        whole.question(),
        whole.answer(),
        whole.warnings(),
        whole.unit(),
        whole.top(),
        new Front(
            2,
            1,
            List.of(
                placed("es", FrontPlace.FRONT, 3.1, .61),
                placed("es+fr", FrontPlace.FRONT, 3.104, .64),
                placed("fr", FrontPlace.TIED, 3.105, .63))),
        whole.seen(),
        whole.base(),
        whole.effects(),
        whole.model(),
        whole.mapped(),
        whole.rounds(),
        whole.bestBySize(),
        whole.fidelity(),
        whole.fidelityPoints(),
        whole.correction(),
        whole.corrected(),
        whole.baselines());
  }

  private static RankedRow placed(String mixture, FrontPlace front, double names, double quiz) {
    RankedRow row = row(1, mixture, names, 0);
    return new RankedRow(
        row.rank(),
        mixture,
        row.datasets(),
        row.weights(),
        row.score(),
        row.gap(),
        row.interval(),
        front,
        new TreeMap<>(Map.of("names", new Estimate(names, .012), "quiz", new Estimate(quiz, .2))),
        row.examples(),
        false,
        row.status(),
        "",
        0,
        0);
  }

  /** Without what has to be asked for: fidelity and confirmation. */
  static ReportContent searchOnly() {
    return content("Which of es and fr help Catalan?", List.of(row(1, "es", 3.1, 0)), false);
  }

  /** With the given question, and failed rows after the best. */
  static ReportContent failing(String question, String mixture, String error) {
    return content(question, List.of(row(1, "es", 3.1, 0), failed(mixture, error)), false);
  }

  static ReportContent warning(String warning) {
    return content("Which?", List.of(warning), List.of(row(1, "es", 3.1, 0)), false);
  }

  static ReportContent withTop(List<RankedRow> top) {
    return content("Which?", top, false);
  }

  /** A ranked row whose gap has a standard error of 0.004. */
  static RankedRow row(long rank, String mixture, double score, double gap) {
    return row(rank, mixture, new Estimate(score, 0.012), new Estimate(gap, gap == 0 ? 0 : 0.004));
  }

  /** A ranked row whose errors are not known. */
  static RankedRow rowOfOneExample(long rank, String mixture, double score, double gap) {
    return row(rank, mixture, new Estimate(score, Double.NaN), new Estimate(gap, Double.NaN));
  }

  private static RankedRow row(long rank, String mixture, Estimate score, Estimate gap) {
    List<String> datasets = List.of(mixture.split("\\+"));
    return new RankedRow(
        OptionalLong.of(rank),
        mixture,
        datasets,
        datasets.stream().map(id -> 1.0 / datasets.size()).toList(),
        score,
        gap,
        gap.hasError() ? Optional.of(new RankInterval(1, rank + 1, 0.5 / rank)) : Optional.empty(),
        FrontPlace.UNTOLD,
        new TreeMap<>(Map.of("names", score)),
        40,
        false,
        RowStatus.OK,
        "",
        0.002,
        0.16);
  }

  private static RankedRow failed(String mixture, String error) {
    Estimate none = new Estimate(Double.NaN, Double.NaN);
    return new RankedRow(
        OptionalLong.empty(),
        mixture,
        List.of(mixture),
        List.of(1.0),
        none,
        none,
        Optional.empty(),
        FrontPlace.UNTOLD,
        new TreeMap<>(),
        0,
        false,
        RowStatus.FAILED,
        error,
        0,
        0);
  }

  private static ReportContent content(String question, List<RankedRow> top, boolean confirmed) {
    return content(question, List.of(), top, confirmed);
  }

  private static ReportContent content(
      String question, List<String> warnings, List<RankedRow> top, boolean confirmed) {
    long failed = top.stream().filter(row -> row.status() == RowStatus.FAILED).count();
    return new ReportContent(
        record(top.size() - failed, failed, confirmed),
        question,
        "Fine-tune on es: 3.05 bits per byte against 3.61 for the base.",
        warnings,
        new ScoreUnit("bits per byte", Direction.LOWER_IS_BETTER),
        top,
        new Front(0, 0, List.of()),
        new SeenExamples(new TreeMap<>(Map.of(40L, (long) top.size() - failed))),
        Optional.of(new Estimate(3.29, 0.03)),
        List.of(
            new DatasetEffect(
                "fr",
                new Estimate(3.177, 0.012),
                new Estimate(3.1, 0.012),
                new Estimate(-0.077, 0.006)),
            new DatasetEffect(
                "es",
                new Estimate(3.102, 0.012),
                new Estimate(3.25, 0.012),
                new Estimate(0.148, 0.006))),
        confirmed ? Optional.of(model(ScoreModel.Basis.SURFACE, 0.02)) : Optional.empty(),
        List.of(),
        List.of(),
        List.of(
            new BestOfSize(1, "es", new Estimate(3.1, 0.012)),
            new BestOfSize(2, "es+fr", new Estimate(3.104, 0.012))),
        confirmed ? Optional.of(fidelity()) : Optional.empty(),
        confirmed
            ? List.of(point("es+fr", "best", 3.104, 3.06), point("fr", "worst", 3.25, 3.19))
            : List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  /** What a surface says of the three mixtures. */
  static ScoreModel model(ScoreModel.Basis basis, double error) {
    return new ScoreModel(
        List.of("es", "fr", "it"),
        "quadratic in the merge weights",
        3,
        0.953,
        new TreeMap<>(),
        basis,
        List.of(
            new DatasetGain("es", new Estimate(0.21, error), new Estimate(0.146, error)),
            new DatasetGain("fr", new Estimate(-0.01, error), new Estimate(-0.004, error))),
        List.of(
            new Interaction("es", "fr", new Estimate(-0.1, error), 0.51, Double.NaN),
            new Interaction("es", "it", new Estimate(0.04, error), -0.2, -0.3),
            new Interaction("fr", "it", new Estimate(0, error), Double.NaN, 0)),
        mixture -> 3.3 - .2 * mixture.weight("es") * (1.2 - mixture.weight("es")),
        List.of(
            new ScoreModel.Predicted(Mixture.parse("es"), 3.1, 3.11),
            new ScoreModel.Predicted(Mixture.parse("es+fr"), 3.104, 3.09),
            new ScoreModel.Predicted(Mixture.parse("fr"), 3.25, 3.24)));
  }

  private static RunRecord record(long evaluated, long failed, boolean confirmed) {
    RunRecord begun =
        RunRecord.begun(
            "2026-01-01T00:00:00Z",
            new RunRecord.Run(
                "0a1b2c",
                new TreeMap<>(),
                List.of("es", "fr"),
                List.of(new RunRecord.RunInput("base", "base", "base.safetensors", "sha256:00ff"))),
            new RunRecord.Start(
                new TreeMap<>(Map.of("merge.method", "average")),
                new TreeMap<>(Map.of("java", "17.0.15", "spark", "4.0.1")),
                new TreeMap<>(
                    Map.of(
                        "es", new TreeMap<>(Map.of("share", 0.4, "similarity to ca", 0.2)),
                        "fr", new TreeMap<>(Map.of("share", 0.6, "similarity to ca", 0.1))))));
    return new RunRecord(
        begun.format(),
        RunRecord.State.RANKED,
        begun.times(),
        begun.run(),
        begun.start(),
        begun.search(),
        new RunRecord.Surface(
            "quadratic in the merge weights",
            3,
            0.953,
            new TreeMap<>(Map.of("ridge regression", 0.912, "another", -0.25)),
            "none",
            new TreeMap<>()),
        new RunRecord.Counts(evaluated + failed, evaluated, failed, 0, 1),
        new RunRecord.Seconds(0.02, 0.5, 75, 80),
        preflight(),
        confirmed
            ? new RunRecord.Fidelity(
                new TreeMap<>(),
                List.of(
                    new Confirmation("winner", "es", new Estimate(3.05, 0.014), new Estimate(0, 0)),
                    new Confirmation(
                        "base", "", new Estimate(3.61, 0.015), new Estimate(0.56, 0.012))))
            : RunRecord.Fidelity.NONE);
  }

  private static Preflight preflight() {
    return new Preflight(
        40,
        0.1,
        new TreeMap<>(
            Map.of(
                "es",
                new Preflight.Movement(
                    2, 0.05, 1, new TreeMap<>(Map.of("layers.0", 0.04, "layers.1", 0.07))),
                "fr",
                new Preflight.Movement(
                    4.8, 0.12, 0.75, new TreeMap<>(Map.of("layers.0", 0.1, "layers.1", 0.14))))),
        new TreeMap<>(Map.of("es", new TreeMap<>(Map.of("fr", -0.25)), "fr", new TreeMap<>())),
        List.of("An expert moved by more than 10 % of the base's norm (fr by 12 %)."));
  }

  private static Fidelity fidelity() {
    Interval interval = new Interval(0.85, 0.99, 0.95);
    return new Fidelity(
        18,
        new Correlation(0.97, interval),
        new Correlation(0.96, interval),
        new Correlation(0.88, interval),
        0.8,
        0.012,
        0.004);
  }

  private static FidelityPoint point(String mixture, String role, double surrogate, double real) {
    return new FidelityPoint(
        mixture, role, new Estimate(surrogate, 0.012), new Estimate(real, 0.013));
  }
}
