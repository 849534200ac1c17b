package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RankInterval;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.table.RunRecord;
import org.mergetomix.testing.Commits;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class SearchActionTest {

  private static final String FOUR_ROUNDS = "search.round-size=4";

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static SmallRun run;
  private static SearchTasks tasks;
  private static SearchAction.Result found;
  private static final List<Long> PROGRESS = new ArrayList<>();

  @TempDir private Path folder;

  @BeforeAll
  static void search(SparkSession session) throws Exception {
    spark = session;
    run = SmallRun.of(shared.resolve("inputs"));
    try (SearchTasks listener = SearchTasks.listen(session)) {
      tasks = listener;
      found = search(run, SearchActionTest::keep, FOUR_ROUNDS, "search.partition-size=2");
    }
  }

  @Test
  void evaluatesEveryMixtureOnce() {
    RunRecord record = found.record();

    assertThat(found.evaluatedNow()).isEqualTo(SmallRun.MIXTURES);
    assertThat(record.counts()).isEqualTo(new RunRecord.Counts(SmallRun.MIXTURES, 15, 0, 0, 0));
    assertThat(record.state()).isEqualTo(RunRecord.State.RANKED);
    assertThat(record.search().base()).containsOnlyKeys("task");
    assertThat(record.rankedDigest()).isEqualTo(directory().ranked(spark).digest());
    assertThat(directory().require()).isEqualTo(record);
    assertThat(rows()).extracting(EvaluationRow::mixture).doesNotHaveDuplicates().hasSize(15);
    assertThat(rows()).extracting(EvaluationRow::key).doesNotHaveDuplicates();
    assertThat(rows()).extracting(EvaluationRow::device).containsOnly("cpu");
    assertThat(record.start().versions()).containsEntry("device", "cpu");
  }

  @Test
  void showsTheBestFirst() {
    assertThat(found.top()).hasSize(10);
    assertThat(found.top())
        .extracting(row -> row.score().value())
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(found.top().get(0).gap().value()).isZero();
    assertThat(found.top().get(0).gap().standardError()).isZero();
  }

  @Test
  void comparesEveryMixtureWithTheBestOnTheSameExamples() {
    Map<String, ExampleScores> scores =
        rows().stream()
            .collect(Collectors.toMap(row -> row.mixture().id(), SearchActionTest::scores));
    ExampleScores best = scores.get(found.top().get(0).mixture());

    for (RankedRow row : found.top()) {
      Estimate difference = scores.get(row.mixture()).minus(best);
      assertThat(row.gap()).as(row.mixture()).isEqualTo(difference);
      assertThat(row.score()).as(row.mixture()).isEqualTo(scores.get(row.mixture()).mean());
      assertThat(row.taskScores().get("task")).isEqualTo(row.score());
    }
  }

  @Test
  void saysWhereEachMixtureCouldStand() {
    for (RankedRow row : found.top()) {
      RankInterval interval = row.interval().orElseThrow();
      assertThat(row.rank().getAsLong()).isBetween(interval.low(), interval.high());
      assertThat(interval.bestShare()).isBetween(0.0, 1.0);
    }
    List<RankedRow> all = directory().ranked(spark).top(100);
    assertThat(all.stream().mapToDouble(row -> row.interval().orElseThrow().bestShare()).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(found.tied()).isEqualTo(all.stream().filter(RankedRow::tied).count());
  }

  @Test
  void attributesScoresToDatasets() {
    RunRecord.Surface surface = found.record().surface();

    assertThat(surface.basis()).isEqualTo("exact");
    assertThat(surface.mixtures()).isEqualTo(15);
    assertThat(surface.kind()).isNotEmpty();
    assertThat(surface.rivals()).hasSize(2).containsKey("ridge regression");
    assertThat(surface.gains()).containsOnlyKeys("a", "b", "c", "d");
    double base = found.record().search().base().get("task").value();
    double all = directory().ranked(spark).find("a+b+c+d").orElseThrow().score().value();
    assertThat(surface.gains().values().stream().mapToDouble(gain -> gain.shapley().value()).sum())
        .isCloseTo(base - all, within(1e-9));
  }

  @Test
  void weighsSubsetsByTheirExamplesAndFindsRowsOfEqualWeightsAgain() {
    SmallRun other = elsewhere("weights");
    List<String> twice = new ArrayList<>(List.of("more", "of", "the", "same", "kind", "of"));
    twice.addAll(List.of("lines", "to", "make", "it", "longer", "now"));
    IntStream.range(0, 12).forEach(line -> twice.add("line " + line));
    other.writeText("a", twice);

    SearchAction.Result equal = search(other, Progress.SILENT);
    SearchAction.Result weighted = search(other, Progress.SILENT, "search.weights=example");

    assertThat(equal.evaluatedNow()).isEqualTo(15);
    // Alone, and without a, datasets have the weights that they had.
    assertThat(weighted.evaluatedNow()).isEqualTo(7);
    assertThat(directory(other).ranked(spark).top(100))
        .extracting(RankedRow::mixture)
        .hasSize(15)
        .contains("a:0.4+b:0.2+c:0.2+d:0.2", "a:0.667+b:0.333", "b+c+d");
    assertThat(weighted.record().search().weights().amounts())
        .isEqualTo(Map.of("a", 24L, "b", 12L, "c", 12L, "d", 12L));
    assertThat(weighted.record().surface().basis()).isEqualTo("exact");
    assertThat(search(other, Progress.SILENT, "search.weights=token").record().counts())
        .isEqualTo(new RunRecord.Counts(15, 15, 0, 0, 0));
  }

  @Test
  void refusesToWeighByDataThatIsNotThere() {
    Manifest manifest = run.manifest();
    Manifest without =
        manifest.with(
            manifest.datasets().stream()
                .map(
                    dataset ->
                        new Manifest.DatasetEntry(
                            dataset.id(),
                            dataset.id().equals("b") ? Optional.empty() : dataset.data(),
                            dataset.expert(),
                            dataset.sha256(),
                            dataset.policy()))
                .toList());
    SearchAction action =
        new SearchAction(
            spark, without, run.configuration("search.weights=token"), Progress.SILENT);

    assertThatThrownBy(action::run)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Dataset b has no data, so that its tokens cannot be counted");
  }

  @Test
  void evaluatesAllButOneForAttribution() {
    SmallRun other = elsewhere("leave-one-out");
    String[] settings = {
      "search.strategy=random", "search.budget=2", "search.attribution=leave-one-out"
    };

    SearchAction.Result result = search(other, Progress.SILENT, settings);

    List<String> evaluated =
        directory(other).ranked(spark).top(100).stream().map(RankedRow::mixture).toList();
    assertThat(evaluated).contains("a+b+c", "a+b+d", "a+c+d", "b+c+d");
    assertThat(result.evaluatedNow()).isEqualTo(evaluated.size());
    assertThat(search(other, Progress.SILENT, settings).evaluatedNow()).isZero();
  }

  @Test
  void reportsProgressThatNeverGoesBack() {
    assertThat(PROGRESS).isSorted().startsWith(0L).endsWith(15L);
    assertThat(PROGRESS.stream().filter(done -> done == 15)).hasSize(1);
  }

  @Test
  void evaluatesInSparkTasksOfIndexRanges() {
    // Parts of 4, 4, 4 and 3 mixtures, two in a task; one for the base.
    assertThat(tasks.count()).isEqualTo(9);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .anyMatch(name -> name.startsWith("merge-to-mix-native-"));
  }

  /** A model has half a million bytes; what a task hands back says only that it has written. */
  @Test
  void passesNoParametersThroughTheDriver() {
    assertThat(tasks.largestResult()).isBetween(1L, 20_000L);
  }

  @Test
  void findsTheSameWhateverTheRoundsPartitionsAndBuffers() {
    SearchAction.Result other =
        search(
            elsewhere("other"),
            Progress.SILENT,
            "search.round-size=100",
            "search.partition-size=1",
            "merge.buffers=1");

    assertThat(other.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
    assertThat(other.record().runId()).isEqualTo(found.record().runId());
  }

  @Test
  void goesOnAfterTheLastCommittedRound() throws IOException {
    SmallRun killed = copied();
    Path evaluations = folder.resolve("run/evaluations");
    List<Path> commits = Commits.of(evaluations, "exhaustive");
    FileUtils.deleteDirectory(commits.get(3).toFile());
    Files.delete(commits.get(2).resolve("_SUCCESS"));

    SearchAction.Result resumed = search(killed, Progress.SILENT, FOUR_ROUNDS);

    assertThat(resumed.evaluatedNow()).isEqualTo(7);
    assertThat(resumed.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
    assertThat(resumed.record().times().started()).isEqualTo(found.record().times().started());
    assertThat(evaluations(killed).read().dataset().where("measure = 'bits_per_byte'").count())
        .isEqualTo(16);

    SearchAction.Result again = search(killed, Progress.SILENT);

    assertThat(again.evaluatedNow()).isZero();
    assertThat(again.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
  }

  @Test
  void takesWhatIsThereWhenTheBoundsChange() {
    SmallRun run = elsewhere("bounds");
    SearchAction.Result singles = search(run, Progress.SILENT, "search.maximum-size=1");
    assertThat(singles.record().counts()).isEqualTo(new RunRecord.Counts(4, 4, 0, 0, 0));

    SearchAction.Result all = search(run, Progress.SILENT);

    assertThat(all.evaluatedNow()).isEqualTo(11);
    assertThat(all.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
    assertThat(all.record().search().strategies())
        .extracting(RunRecord.Strategy::description)
        .containsExactly("4 subsets of 4 datasets, of size 1 to 1", "all 15 subsets of 4 datasets");

    SearchAction.Result pairs =
        search(run, Progress.SILENT, "search.minimum-size=2", "search.maximum-size=2");

    assertThat(pairs.evaluatedNow()).isZero();
    assertThat(pairs.record().counts()).isEqualTo(new RunRecord.Counts(6, 6, 0, 0, 0));
    assertThat(pairs.top()).extracting(RankedRow::size).containsOnly(2);
  }

  @Test
  void saysWhenScoresComeFromMoreThanOneKindOfDevice() throws IOException {
    SmallRun resumed = copied();
    List<Path> commits = Commits.of(folder.resolve("run/evaluations"), "exhaustive");
    FileUtils.deleteDirectory(commits.get(3).toFile());
    moveToGpu(evaluations(resumed), commits.get(1));

    SearchAction.Result result = search(resumed, Progress.SILENT, FOUR_ROUNDS);
    Location report = new ReportAction(spark, resumed.configuration()).run();

    String warning =
        "Scores come from more than one kind of device (cpu: 12, gpu: 4), and repeat bit for bit"
            + " only on one: mixtures that are very close may change places. Search again into"
            + " another output, with executors of one kind; the column device of the evaluations"
            + " says where each score comes from.";
    assertThat(result.warnings()).extracting(Problem::message).containsExactly(warning);
    assertThat(result.record().start().versions()).containsEntry("device", "cpu, gpu");
    assertThat(directory(resumed).require()).isEqualTo(result.record());
    assertThat(report.path()).content().contains("Warning: " + warning);
    assertThat(result.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
  }

  @Test
  void recordsTheDeviceOfTheScoresAndNotOfTheLastStart() throws IOException {
    SmallRun resumed = copied();
    Path evaluations = folder.resolve("run/evaluations");
    List<Path> commits = new ArrayList<>(Commits.of(evaluations, "exhaustive"));
    commits.addAll(Commits.of(evaluations, "base"));
    for (Path commit : commits) {
      moveToGpu(evaluations(resumed), commit);
    }

    SearchAction.Result result = search(resumed, Progress.SILENT, FOUR_ROUNDS);

    assertThat(result.evaluatedNow()).isZero();
    assertThat(result.warnings()).isEmpty();
    assertThat(directory(resumed).require().start().versions()).containsEntry("device", "gpu");
  }

  @Test
  void evaluatesAndRanksWhatASurfaceAsksFor() throws IOException {
    SmallRun other = elsewhere("surface");

    SearchAction.Result result =
        search(other, Progress.SILENT, "search.strategy=surface", "search.budget=9");

    RunRecord record = result.record();
    assertThat(result.evaluatedNow()).isEqualTo(9);
    assertThat(record.counts()).isEqualTo(new RunRecord.Counts(15, 9, 0, 0, 0));
    assertThat(record.search().ended().strategy()).matches("surface-[0-9a-f]{8}");
    assertThat(record.search().ended().reason()).isEqualTo("the budget of 9 mixtures is used up");
    assertThat(record.search().strategies())
        .extracting(RunRecord.Strategy::name)
        .containsExactly(record.search().ended().strategy());
    assertThat(result.top()).hasSize(9);
    RankedRow best = result.top().get(0);
    assertThat(best.mixture()).isEqualTo(found.top().get(0).mixture());
    assertThat(best.score()).isEqualTo(found.top().get(0).score());
    assertThat(new ReportAction(spark, other.configuration()).run().path())
        .content()
        .contains("some of 15 possible ones");

    SearchAction.Result again =
        search(other, Progress.SILENT, "search.strategy=surface", "search.budget=9");

    assertThat(again.evaluatedNow()).isZero();
    assertThat(again.record().rankedDigest()).isEqualTo(record.rankedDigest());

    SearchAction.Result all = search(other, Progress.SILENT);

    assertThat(all.evaluatedNow()).isEqualTo(6);
    assertThat(all.record().rankedDigest()).isEqualTo(found.record().rankedDigest());
    assertThat(all.record().search().ended().strategy()).isEqualTo("exhaustive");
  }

  @Test
  void ranksRatiosBesideTheSubsets() throws IOException {
    SmallRun refined = copied();

    SearchAction.Result result = search(refined, Progress.SILENT, "search.ratios=refine");

    RunRecord.Counts counts = result.record().counts();
    assertThat(result.evaluatedNow()).isPositive().isEqualTo(counts.refined());
    assertThat(counts.space()).isEqualTo(15);
    assertThat(counts.evaluated()).isEqualTo(15 + counts.refined());
    assertThat(counts.coversSpace()).isTrue();
    List<RankedRow> ratios =
        directory(refined).ranked(spark).top(100).stream()
            .filter(row -> !Mixture.parse(row.mixture()).equalWeights())
            .toList();
    assertThat(ratios).hasSize((int) counts.refined());
    assertThat(ratios.get(0).weights().stream().mapToDouble(Double::doubleValue).sum())
        .isEqualTo(1, within(1e-12));
    assertThat(result.record().search().ended().reason())
        .startsWith("every mixture was asked for, and then ");
    assertThat(new ReportAction(spark, refined.configuration()).run().path())
        .content()
        .contains(ratios.get(0).mixture());

    FileUtils.deleteDirectory(
        Commits.of(refined.output().resolve("evaluations"), "exhaustive").get(4).toFile());
    SearchAction.Result again = search(refined, Progress.SILENT, "search.ratios=refine");

    assertThat(again.evaluatedNow()).isPositive();
    assertThat(again.record().rankedDigest()).isEqualTo(result.record().rankedDigest());
    assertThat(search(refined, Progress.SILENT).record().rankedDigest())
        .isEqualTo(found.record().rankedDigest());
  }

  @Test
  void evaluatesGivenMixturesAndNoOthers() throws IOException {
    SmallRun given = copied();
    Path file = Files.writeString(folder.resolve("mine"), "a:0.75+b:0.25\nc+d\n");

    SearchAction.Result result = search(given, Progress.SILENT, "search.mixtures=" + file);

    assertThat(result.evaluatedNow()).isEqualTo(1);
    assertThat(result.top())
        .extracting(RankedRow::mixture)
        .containsExactlyInAnyOrder("a:0.75+b:0.25", "c+d");
    assertThat(result.record().counts()).isEqualTo(new RunRecord.Counts(2, 2, 0, 0, 0));
    assertThatThrownBy(
            () -> search(given, Progress.SILENT, "search.mixtures=" + folder.resolve("none")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder.resolve("none").toString());
  }

  @Test
  void ranksNothingThatIsForbidden() {
    SmallRun other = elsewhere("bounds");

    SearchAction.Result result =
        search(other, Progress.SILENT, "search.required=a", "search.forbidden=d");

    assertThat(result.record().counts()).isEqualTo(new RunRecord.Counts(4, 4, 0, 0, 0));
    assertThat(result.top())
        .extracting(RankedRow::mixture)
        .containsExactlyInAnyOrder("a", "a+b", "a+c", "a+b+c");
  }

  @Test
  void refusesASearchThatCannotBeBeforeItWritesAnything() {
    SmallRun other = elsewhere("refused");

    assertThatThrownBy(
            () ->
                search(
                    other,
                    Progress.SILENT,
                    "search.strategy=surface",
                    "search.required=a",
                    "search.budget=3"))
        .isInstanceOfSatisfying(
            UserException.class,
            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("Raise it to 4 or more");
    assertThat(other.output()).doesNotExist();
  }

  @Test
  void measuresTheExpertsBeforeTheSearch() {
    Preflight figures = found.record().preflight();

    assertThat(figures.experts()).containsOnlyKeys("a", "b", "c", "d");
    assertThat(figures.experts().values())
        .allSatisfy(
            expert -> {
              assertThat(expert.drift()).isGreaterThan(0.1);
              assertThat(expert.movedShare()).isGreaterThan(0.99);
              assertThat(expert.layers())
                  .containsOnlyKeys("layers.0", "layers.1", "outside of layers");
            });
    assertThat(figures.cosine("a", "b")).isEqualTo(figures.cosine("b", "a")).isBetween(-0.1, 0.1);
    assertThat(figures.warnings())
        .singleElement()
        .asString()
        .startsWith("An expert moved by more than 10 % of the base's norm");
    assertThat(found.warnings()).isEmpty();
  }

  @Test
  void measuresTheExpertsOnceARun() throws IOException {
    SmallRun again = copied();
    RunDirectory output = directory(again);
    Preflight measured =
        new Preflight(
            42, 0.1, found.record().preflight().experts(), new TreeMap<>(), List.of("kept"));
    output.write(output.require().measured(measured));

    assertThat(search(again, Progress.SILENT).record().preflight()).isEqualTo(measured);
    assertThat(output.require().preflight()).isEqualTo(measured);
  }

  @Test
  void knowsItsRowsByContentsAndNotByPaths() {
    SmallRun moved = SmallRun.of(folder.resolve("moved"));
    RunPlan plan = RunPlan.of(spark, moved.manifest(), moved.configuration());
    Map<String, EvaluationRow> rows =
        rows().stream().collect(Collectors.toMap(row -> row.mixture().id(), Function.identity()));
    MixtureSpace space = SubsetSpace.of(SmallRun.DATASETS, 1, SmallRun.DATASETS.size());

    assertThat(plan.runId()).isEqualTo(found.record().runId());
    for (long index = 0; index < space.size(); index++) {
      Mixture mixture = space.at(index);
      assertThat(rows.get(mixture.id()).key()).isEqualTo(plan.key(mixture, plan.tasks().get(0)));
    }
  }

  @Test
  void stopsAtTheFirstFailedMixtureUnlessToldOtherwise() throws IOException {
    SmallRun broken = SmallRun.of(folder);
    broken.breakExpert("d");

    assertThatThrownBy(() -> search(broken, Progress.SILENT, FOUR_ROUNDS))
        .isInstanceOfSatisfying(
            UserException.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(failure)
                  .hasMessageStartingWith(
                      "More mixtures failed than search.max-failed = 0 allows; the first is"
                          + " a+b+c+d: The score is not a number (task task).")
                  .hasMessageContaining(broken.output().toString())
                  .hasMessageEndingWith(
                      "Mend the cause, or raise search.max-failed, and start again:"
                          + " what is committed is kept.");
            });
    assertThat(directory(broken).require().state()).isEqualTo(RunRecord.State.SEARCHING);
    assertThat(broken.output().resolve("ranked")).doesNotExist();

    SearchAction.Result partial = search(broken, Progress.SILENT, "search.max-failed=8");

    assertThat(partial.record().counts()).isEqualTo(new RunRecord.Counts(15, 7, 8, 0, 0));
    assertThat(partial.top()).hasSize(7).noneMatch(row -> row.datasets().contains("d"));
    assertThat(partial.evaluatedNow()).isEqualTo(12);
    RankedRow failed = directory(broken).ranked(spark).find("a+d").orElseThrow();
    assertThat(failed.status()).isEqualTo(RowStatus.FAILED);
    assertThat(failed.rank()).isEmpty();
    assertThat(failed.error())
        .isEqualTo(
            "The score is not a number (task task). The expert has NaN or infinite numbers (expert"
                + " d, tensor final_norm.bias). Fine-tune it again at a lower"
                + " learning rate, or leave its dataset out.");
  }

  @Test
  void saysWhereTheTimeWent() {
    RunRecord.Seconds seconds = found.record().seconds();

    assertThat(seconds.merge()).isPositive();
    assertThat(seconds.evaluate()).isPositive();
    assertThat(seconds.merge())
        .isEqualTo(
            directory().evaluations(spark).read().rows().collect().stream()
                .mapToDouble(EvaluationRow::mergeSeconds)
                .sum(),
            within(1e-9));
    assertThat(seconds.wall()).isPositive();
  }

  private static SearchAction.Result search(SmallRun run, Progress progress, String... settings) {
    return new SearchAction(spark, run.manifest(), run.configuration(settings), progress).run();
  }

  private static void keep(String step, long done, long total, Duration elapsed) {
    PROGRESS.add(done);
  }

  private SmallRun elsewhere(String name) {
    return SmallRun.of(folder.resolve(name));
  }

  /** The search that was done, in a folder of its own. */
  private SmallRun copied() throws IOException {
    FileUtils.copyDirectory(shared.resolve("inputs").toFile(), folder.toFile());
    return SmallRun.movedTo(folder);
  }

  private static RunDirectory directory() {
    return directory(run);
  }

  private static RunDirectory directory(SmallRun run) {
    return new RunDirectory(Location.of(run.output()), new Configuration());
  }

  private static EvaluationsTable evaluations(SmallRun run) {
    return directory(run).evaluations(spark);
  }

  /** Makes a commit say that executors with GPUs computed it. */
  private static void moveToGpu(EvaluationsTable evaluations, Path commit) throws IOException {
    List<EvaluationRow> rows =
        evaluations.read().among(List.of(commit.getFileName().toString())).rows().collect().stream()
            .map(row -> EvaluationRows.on("gpu", row))
            .toList();
    EvaluationRow first = rows.get(0);
    evaluations.append(
        first.strategy(), first.number(), Session.context(spark).parallelize(rows, 1));
    FileUtils.deleteDirectory(commit.toFile());
  }

  private static ExampleScores scores(EvaluationRow row) {
    return ScoredTasks.of(
            RunPlan.of(spark, run.manifest(), run.configuration()).terms(),
            directory().tasks(spark).weights())
        .scores("task", row.scores().toArray());
  }

  /** The rows of the mixtures; the base has one too. */
  private static List<EvaluationRow> rows() {
    return EvaluationRows.ofMixtures(directory().evaluations(spark));
  }
}
