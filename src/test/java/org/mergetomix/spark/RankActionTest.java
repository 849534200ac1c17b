package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.EvaluationRows;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class RankActionTest {

  @TempDir private static Path shared;

  private static SparkSession spark;
  private static SmallRun run;
  private static SearchAction.Result found;

  @BeforeAll
  static void search(SparkSession session) {
    spark = session;
    run = SmallRun.of(shared.resolve("inputs"));
    found = search(manifest("task", "other"));
  }

  @Test
  void ranksBySomeTasksAsASearchByThemWould() {
    RankAction.Result ranked = rank("objective.tasks=other");
    SmallRun alone = SmallRun.of(shared.resolve("alone"));
    SearchAction.Result searched =
        new SearchAction(spark, only(alone, "other"), alone.configuration(), Progress.SILENT).run();

    assertThat(ranked.mixtures()).isEqualTo(15);
    assertThat(ranked.top()).extracting(RankedRow::mixture).doesNotHaveDuplicates();
    assertThat(directory().ranking(spark, ranked.table().name()).digest())
        .isEqualTo(searched.record().rankedDigest())
        .isNotEqualTo(found.record().rankedDigest());
    assertThat(ranked.tied()).isEqualTo(searched.tied());
    assertThat(ranked.top().get(0).interval()).isEqualTo(searched.top().get(0).interval());
  }

  @Test
  void weighsTasksOtherwise() {
    RankAction.Result ranked = rank("objective.tasks=other:3,task");

    assertThat(ranked.objective().describe()).contains("other 0.75", "task 0.25");
    RankedRow best = ranked.top().get(0);
    assertThat(best.score().value())
        .isCloseTo(
            .75 * best.taskScores().get("other").value()
                + .25 * best.taskScores().get("task").value(),
            within(1e-12));
    assertThat(rank().objective().describe())
        .isEqualTo(found.record().search().objective().description());
    assertThat(rank().top()).isEqualTo(found.top());
  }

  @Test
  void ranksByASubgroupOfTheExamples() {
    RankAction.Result ranked = rank("objective.tasks=task", "objective.examples=line=2,line=5");

    assertThat(ranked.examples()).isEqualTo("with line 2 or 5");
    List<Integer> places = new ArrayList<>();
    List<Double> weights = new ArrayList<>();
    directory()
        .tasks(spark)
        .dataset()
        .where("task = 'task' and measure = 'bits_per_byte' and columns['line'] in ('2', '5')")
        .orderBy("example")
        .collectAsList()
        .forEach(
            row -> {
              places.add(row.getAs("example"));
              weights.add(row.getAs("weight"));
            });
    assertThat(places).hasSize(2);
    RankedRow best = ranked.top().get(0);
    EvaluationRow row =
        EvaluationRows.ofMixtures(directory().evaluations(spark)).stream()
            .filter(one -> one.task().equals("task"))
            .filter(one -> one.mixture().id().equals(best.mixture()))
            .findFirst()
            .orElseThrow();
    double[] scores = row.scores().toArray();
    assertThat(best.score().value())
        .isCloseTo(
            (weights.get(0) * scores[places.get(0)] + weights.get(1) * scores[places.get(1)])
                / (weights.get(0) + weights.get(1)),
            within(1e-12));
  }

  @Test
  void leavesTheRunAsItIs() throws Exception {
    String before = Files.readString(run.output().resolve("run.json"));

    rank("objective.tasks=task");

    assertThat(Files.readString(run.output().resolve("run.json"))).isEqualTo(before);
    assertThat(directory().ranked(spark).digest()).isEqualTo(found.record().rankedDigest());
    assertThat(directory().evaluations(spark).read().names()).hasSize(2);
  }

  @Test
  void predictsWhatASearchDidNotEvaluateAndSaysSo() {
    SmallRun some = SmallRun.of(shared.resolve("some"));
    String[] settings = {"search.strategy=random", "search.budget=8"};
    new SearchAction(
            spark, with(some, "task", "other"), some.configuration(settings), Progress.SILENT)
        .run();

    RankAction.Result ranked =
        new RankAction(spark, some.configuration("objective.tasks=other", "report.top=20")).run();

    assertThat(ranked.mixtures()).isEqualTo(8);
    assertThat(ranked.surface()).isPresent();
    ranked
        .expected()
        .ifPresent(
            mixture ->
                assertThat(ranked.top())
                    .extracting(RankedRow::mixture)
                    .doesNotContain(mixture.id()));
    Optional<Mixture> better = ranked.expected();
    assertThat(better.isPresent()).isEqualTo(Double.isFinite(ranked.expectedScore()));
    assertThat(rank("objective.tasks=other").expected()).isEmpty();
  }

  @Test
  void refusesWhatTheRunCannotAnswer() {
    assertThatThrownBy(
            () ->
                rank(
                    "objective.tasks=task:x,task,news,other:-1", "objective.examples=line,place=3"))
        .isInstanceOfSatisfying(
            UserException.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(problem -> problem.message())
                    .containsExactly(
                        "The weight 'x' in task:x is not a positive number (objective.tasks)."
                            + " Write a task as news:2.",
                        "The task task is named twice (objective.tasks). Name it once.",
                        "The run has no task news (objective.tasks). It has other, task.",
                        "The weight '-1' in other:-1 is not a positive number (objective.tasks)."
                            + " Write a task as news:2.",
                        "'line' is no column with a value (objective.examples). Write it as"
                            + " file=law.txt.",
                        "No example has a column place (objective.examples). There are line."));
    assertThatThrownBy(() -> rank("objective.examples=line=99"))
        .hasMessageContaining("The task other has no example with line 99");
    assertThatThrownBy(
            () ->
                new SearchAction(
                        spark,
                        run.manifest(),
                        run.configuration("objective.tasks=task"),
                        Progress.SILENT)
                    .run())
        .hasMessageContaining("Keys of objective have no effect on a search");
    assertThatThrownBy(
            () ->
                new RankAction(spark, SmallRun.movedTo(shared.resolve("none")).configuration())
                    .run())
        .hasMessageContaining("There is no run in the output directory");
  }

  @Test
  void refusesS3WithoutItsCommitterBeforeAnythingElse() {
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      assertThatThrownBy(() -> rank("output=s3a://bucket/run"))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("The committer that S3 needs is not among Spark's jars");
    } finally {
      thread.setContextClassLoader(usual);
    }
  }

  private static RankAction.Result rank(String... settings) {
    return new RankAction(spark, run.configuration(settings)).run();
  }

  private static RunDirectory directory() {
    return new RunDirectory(Location.of(run.output()), spark.sparkContext().hadoopConfiguration());
  }

  private static SearchAction.Result search(Manifest manifest) {
    return new SearchAction(spark, manifest, run.configuration(), Progress.SILENT).run();
  }

  private static Manifest manifest(String... tasks) {
    return with(run, tasks);
  }

  private static Manifest only(SmallRun where, String task) {
    return with(where, task);
  }

  /** The confirm examples serve as another task. */
  private static Manifest with(SmallRun where, String... tasks) {
    Manifest usual = where.manifest();
    return new Manifest(
        usual.file(),
        usual.base(),
        usual.datasets(),
        Stream.of(tasks)
            .map(
                task ->
                    new Manifest.TaskEntry(
                        task,
                        LanguageModelling.KIND,
                        Location.of(where.text(task.equals("task") ? "task" : "confirm")),
                        Optional.empty(),
                        1))
            .toList());
  }
}
