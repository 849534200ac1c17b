package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.Confirmation;
import org.mergetomix.table.CorrectedRow;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class FidelityActionTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.of(folder);
  }

  @Test
  void comparesSurrogatesWithModelsReallyFineTuned() throws IOException {
    search();
    FidelityAction.Result result = fidelity();

    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    RunRecord record = directory.require();
    assertThat(record).isEqualTo(result.record());
    assertThat(record.state()).isEqualTo(RunRecord.State.CONFIRMED);
    assertThat(record.fidelity().figures())
        .containsKeys("pearson", "spearman", "kendall", "regret", "spearman_low", "spearman_high");
    assertThat(result.winner().path()).isRegularFile();

    List<FidelityRow> rows = directory.fidelity(spark).read();
    assertThat(rows.subList(0, 5))
        .extracting(FidelityRow::mixture)
        .containsExactly("", "a", "b", "c", "d");
    List<FidelityRow> compared = rows.subList(5, rows.size());
    assertThat(compared).hasSizeBetween(4, 6).allSatisfy(FidelityActionTest::isComparable);
    assertThat(compared).extracting(FidelityRow::mixture).contains("a+b+c+d");
    assertThat(record.counts().trained()).isEqualTo(compared.size());
    assertThat(record.fidelity().figures().get("mixtures")).isEqualTo(compared.size());

    List<Confirmation> confirmations = record.fidelity().confirmations();
    assertThat(confirmations)
        .extracting(Confirmation::label)
        .startsWith("winner", "base", "all datasets", "best single dataset");
    assertThat(confirmations.get(0).mixture()).isEqualTo(winner());
    assertThat(confirmations.get(0).winnerGain().value()).isZero();
    for (Confirmation confirmation : confirmations) {
      assertThat(confirmation.winnerGain().value())
          .as(confirmation.label())
          .isCloseTo(
              confirmation.score().value() - confirmations.get(0).score().value(), within(1e-12));
    }

    Path report = new ReportAction(spark, run.configuration()).run().path();
    assertThat(Files.readString(report)).contains("best single dataset");

    FidelityAction.Result again = fidelity();

    assertThat(again.record().fidelity()).isEqualTo(record.fidelity());
    assertThat(again.record().seconds()).as("nothing was trained").isEqualTo(record.seconds());
    assertThat(directory.fidelity(spark).read()).allMatch(row -> row.trainSeconds() == 0);

    assertThat(search().record().fidelity().confirmations())
        .as("a search that finds the same keeps what was confirmed")
        .isEqualTo(confirmations);

    String trained = compared.get(0).mixture();
    RunRecord beside = given("mixture,score\n%s,5.5\n".formatted(trained)).record();

    assertThat(beside.fidelity().confirmations()).isEqualTo(confirmations);
    assertThat(beside.start()).isEqualTo(record.start());
    assertThat(beside.counts().trained()).isEqualTo(compared.size());
    List<FidelityRow> merged = directory.fidelity(spark).read();
    assertThat(merged).hasSameSizeAs(rows);
    assertThat(real(merged, trained)).isEqualTo(5.5);
    assertThat(real(merged, compared.get(1).mixture())).isEqualTo(compared.get(1).real().value());
  }

  @Test
  void finetunesRatiosByTheirShares() throws IOException {
    Path file =
        Files.writeString(folder.resolve("ratios"), "a:0.9+b:0.1\na:0.1+b:0.9\na:0.5+c:0.3+d:0.2");
    String setting = "search.mixtures=" + file;
    search(setting);

    FidelityAction.Result result = fidelity(setting, "fidelity.mixtures=3");

    List<FidelityRow> rows =
        new RunDirectory(Location.of(run.output()), new Configuration()).fidelity(spark).read();
    assertThat(result.winner().name())
        .isEqualTo(winner().replace(':', '=') + ".safetensors")
        .contains("=0.");
    assertThat(result.winner().path()).isRegularFile();
    assertThat(rows).extracting(FidelityRow::mixture).contains("a:0.9+b:0.1", "a:0.1+b:0.9");
    assertThat(real(rows, "a:0.9+b:0.1")).isNotEqualTo(real(rows, "a:0.1+b:0.9"));
  }

  @Test
  void trainsPlannedMixturesWithSeveralSeeds() throws IOException {
    search();

    List<Mixture> next = new NextTrainings(spark, run.configuration()).next(2);
    FidelityAction.Result result =
        fidelity("fidelity.choice=planned", "fidelity.mixtures=4", "fidelity.seeds=2");

    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    List<FidelityRow> rows = directory.fidelity(spark).read();
    List<FidelityRow> compared = rows.subList(5, rows.size());
    assertThat(compared).extracting(FidelityRow::role).contains("planned").doesNotContain("spread");
    assertThat(compared)
        .allSatisfy(
            row -> {
              assertThat(row.seeds()).isEqualTo(2);
              assertThat(row.seedDeviation()).isPositive();
              assertThat(row.corrected()).isFinite();
            });
    assertThat(result.record().fidelity().figures())
        .containsEntry("correction_trainings", (double) compared.size())
        .containsKeys("seed_deviation", "correction_error_before", "correction_error_after");
    assertThat(Path.of(compared.get(0).model()).resolveSibling("seed-2")).isDirectory();
    assertThat(next).hasSize(2).allMatch(mixture -> mixture.size() > 1);
    assertThat(new NextTrainings(spark, run.configuration()).next(20))
        .extracting(Mixture::id)
        .hasSize(11 - compared.size())
        .doesNotContainAnyElementsOf(compared.stream().map(FidelityRow::mixture).toList());
    assertThat(Files.readString(new ReportAction(spark, run.configuration()).run().path()))
        .contains("planned");
  }

  @Test
  void comparesWithModelsThatWereTrainedElsewhere() throws IOException {
    search();

    GivenFidelityAction.Result result =
        given("mixture,score\na+b,5.5\na+c,5.25\nb+c,5.75\na+b+c,5\nb+d,6\na,5.9\n");

    assertThat(result.record().state()).isEqualTo(RunRecord.State.CONFIRMED);
    assertThat(result.record().fidelity().figures()).containsEntry("mixtures", 5.0);
    assertThat(result.results().correction().orElseThrow().trainings()).hasSize(5);
    assertThat(result.warnings()).isEmpty();
    assertThat(run.output().resolve("models")).doesNotExist();
    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    assertThat(directory.fidelity(spark).read())
        .allMatch(row -> !row.real().hasError() && Double.isNaN(row.real().standardError()));
    assertThat(Files.readString(new ReportAction(spark, run.configuration()).run().path()))
        .contains("given");

    SearchAction.Result other = search("search.maximum-size=3");

    assertThat(other.record().state()).isEqualTo(RunRecord.State.RANKED);
    assertThat(new NextTrainings(spark, run.configuration()).next(20))
        .as("what was trained stays trained in another ranking")
        .extracting(Mixture::id)
        .containsExactlyInAnyOrder("a+d", "c+d", "a+b+d", "a+c+d", "b+c+d");
  }

  /** What a surrogate misses by grows with what goes into it, so it can be foretold. */
  @Test
  void correctsTheScoresOfAllFromErrorsThatCanBeForetold() throws IOException {
    search();
    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    String scores =
        directory.ranked(spark).top(SmallRun.MIXTURES).stream()
            .filter(row -> row.size() > 1 && !row.mixture().equals("a+b+c+d"))
            .map(row -> row.mixture() + "," + (row.score().value() + 0.3 * (row.size() - 1)))
            .collect(Collectors.joining("\n"));

    GivenFidelityAction.Result result = given("mixture,score\n" + scores + "\n");

    assertThat(result.results().correction().orElseThrow().applied()).isTrue();
    List<CorrectedRow> corrected = directory.corrected(spark).read();
    assertThat(corrected).hasSize(SmallRun.MIXTURES).isSortedAccordingTo(byCorrectedScore());
    assertThat(corrected)
        .extracting(CorrectedRow::correctedRank)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, SmallRun.MIXTURES).boxed().toList());
    CorrectedRow all =
        corrected.stream().filter(row -> row.mixture().equals("a+b+c+d")).findFirst().orElseThrow();
    assertThat(all.real()).isNaN();
    assertThat(all.corrected().value() - all.score()).isBetween(.3, 1.2);
  }

  private static Comparator<CorrectedRow> byCorrectedScore() {
    return Comparator.comparingDouble(row -> row.corrected().value());
  }

  private GivenFidelityAction.Result given(String table) throws IOException {
    Path file = Files.writeString(folder.resolve("real.csv"), table);
    return new GivenFidelityAction(
            spark, run.configuration("fidelity.scores=" + file), Location.of(file))
        .run();
  }

  @Test
  void refusesADatasetToMapThatThereIsNotBeforeAnythingElse() {
    assertThatThrownBy(() -> search("report.surface=a,x"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The run has no dataset x (report.surface).");
    assertThatThrownBy(() -> fidelity("report.surface=a,x"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The run has no dataset x (report.surface).");
    assertThat(run.output()).doesNotExist();
  }

  private static double real(List<FidelityRow> rows, String mixture) {
    return rows.stream()
        .filter(row -> row.mixture().equals(mixture))
        .findFirst()
        .orElseThrow()
        .real()
        .value();
  }

  /** What slots have prepared belongs to the manifest they prepared it for. */
  @Test
  void judgesOnConfirmExamplesThatWereNamedAfterTheSearch() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(run.manifestFile(), manifest.replace("confirm = \"confirm.txt\"", ""));
    search("search.minimum-size=3");
    Files.writeString(run.manifestFile(), manifest);

    FidelityAction.Result result = fidelity("search.minimum-size=3", "fidelity.mixtures=0");

    assertThat(result.record().fidelity().confirmations())
        .extracting(Confirmation::label)
        .contains("winner", "base", "best single dataset");
  }

  @Test
  void refusesADirectoryWithoutASearch() {
    assertThatThrownBy(this::fidelity)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "There is no run in the output directory (%s). Run search first, or correct output.",
            run.output());
    assertThat(run.output()).doesNotExist();
  }

  @Test
  void refusesASearchThatIsNotFinished() {
    RunPlan plan = RunPlan.of(spark, run.manifest(), run.configuration());
    new RunDirectory(Location.of(run.output()), new Configuration())
        .write(RunRecords.begin(spark, plan, run.manifest(), run.configuration()));

    assertThatThrownBy(this::fidelity)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The search in the output directory is not finished (%s)."
                + " Run search again: it goes on where it stopped.",
            run.output());
  }

  @Test
  void refusesASearchInWhichEverythingFailed() {
    SmallRun.DATASETS.forEach(run::breakExpert);
    search("search.max-failed=100");

    assertThatThrownBy(this::fidelity)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal)
                  .hasMessage(
                      "Every mixture of the search failed, so there is no winner (%s)."
                          + " Look up the errors in its ranked table, and search again.",
                      run.output());
            });
    assertThat(run.output().resolve("models")).doesNotExist();
  }

  @Test
  void leavesOutAnExpertWithoutAScoreWhoseFailuresTheSearchTolerated() throws IOException {
    run.breakExpert("b");
    search("search.max-failed=8");

    FidelityAction.Result result = fidelity("search.max-failed=8");

    assertThat(result.warnings())
        .extracting(Problem::message)
        .containsExactly(
            "Left out: The score is not a number (the expert of dataset b, task task)."
                + " The expert has NaN or infinite numbers (expert b, tensor final_norm.bias)."
                + " Fine-tune it again at a lower learning rate, or leave its dataset out.");
    assertThat(result.record().state()).isEqualTo(RunRecord.State.CONFIRMED);
    RunDirectory directory = new RunDirectory(Location.of(run.output()), new Configuration());
    List<FidelityRow> rows = directory.fidelity(spark).read();
    assertThat(rows.subList(0, 4))
        .extracting(FidelityRow::mixture)
        .containsExactly("", "a", "c", "d");
    assertThat(rows.subList(4, rows.size()))
        .isNotEmpty()
        .allSatisfy(FidelityActionTest::isComparable)
        .noneMatch(row -> row.mixture().contains("b"));
    assertThat(result.record().fidelity().confirmations())
        .extracting(Confirmation::label)
        .contains("winner", "base", "best single dataset")
        .doesNotContain("all datasets");
  }

  private static void isComparable(FidelityRow row) {
    assertThat(row.mixture()).contains("+");
    assertThat(row.role()).isIn("best", "worst", "all", "leave-one-out", "spread");
    assertThat(row.real().value()).isPositive().isNotEqualTo(row.surrogate().value());
    assertThat(row.confirm().value()).isPositive();
    assertThat(Path.of(row.model())).isRegularFile();
    assertThat(row.trainSeconds()).isPositive();
  }

  private String winner() {
    return new RunDirectory(Location.of(run.output()), new Configuration())
        .ranked(spark)
        .at(1)
        .mixture();
  }

  private SearchAction.Result search(String... settings) {
    return new SearchAction(spark, run.manifest(), run.configuration(settings), Progress.SILENT)
        .run();
  }

  private FidelityAction.Result fidelity(String... settings) {
    return new FidelityAction(spark, run.manifest(), run.configuration(settings), Progress.SILENT)
        .run();
  }
}
