package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Direction;
import org.mergetomix.spark.CheckAction;
import org.mergetomix.spark.SearchAction;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.worker.ScriptedWorker.Fault;

/** Searches whose surrogates are scored by processes beside the executor. */
@ExtendWith(SparkSessionExtension.class)
class WorkerSearchIT {

  @TempDir private Path folder;

  private SparkSession spark;
  private HuggingFaceRun run;
  private Path shared;

  @BeforeEach
  void prepare(SparkSession session) throws Exception {
    spark = session;
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    shared = Files.createDirectory(folder.resolve("shared"));
  }

  @AfterEach
  void shutDown() {
    ExecutorRuntime.shutDown();
  }

  @Test
  void ranksTheSameWhicheverSlotEvaluatesWhatAndLeavesNothing() throws Exception {
    Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
    SearchAction.Result apart = search("one", Fault.NONE, "search.partition-size=1");
    ExecutorRuntime.shutDown();
    SearchAction.Result together = search("other", Fault.NONE, "search.partition-size=100");

    assertThat(apart.top()).extracting(RankedRow::mixture).hasSize(3);
    assertThat(together.record().rankedDigest()).isEqualTo(apart.record().rankedDigest());
    assertThat(apart.record().run().identity().get("model"))
        .startsWith("worker/1 threads=1 {scripted=1} ");
    assertThat(apart.record().start().versions())
        .containsEntry("engine", "worker")
        .containsEntry("worker scripted", "1");
    assertThat(shared).isEmptyDirectory();
    ExecutorRuntime.shutDown();
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      if (!others.contains(child)) {
        child.onExit().get(30, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void triesAMixtureAgainWhoseWorkerDied() {
    SearchAction.Result undisturbed = search("undisturbed", Fault.NONE);

    SearchAction.Result disturbed =
        searched("disturbed", ScriptedWorker.command(Fault.DIES, folder.resolve("once")));

    assertThat(folder.resolve("once")).exists();
    assertThat(disturbed.record().rankedDigest()).isEqualTo(undisturbed.record().rankedDigest());
  }

  @Test
  void stopsWhenWorkersFailAgainAndAgainAndSaysWhyInTheRows() {
    UserException told =
        catchThrowableOfType(UserException.class, () -> search("garbage", Fault.SAYS_GARBAGE));

    assertThat(told.getMessage()).contains("said what is no answer: Loading weights: 100%");
    List<String> errors =
        new RunDirectory(Location.of(folder.resolve("garbage")), new Configuration())
            .evaluations(spark)
            .read()
            .dataset()
            .select("error")
            .as(org.apache.spark.sql.Encoders.STRING())
            .collectAsList();
    assertThat(errors).isNotEmpty().allMatch(error -> error.contains("no answer"));
  }

  @Test
  void ranksByATaskOfLmEvalAndKeepsItsExamplesApart() {
    run.writeManifest(
        "checkpoint = base",
        "{ id = quiz, kind = lm-eval, task = scripted_task, measure = \"word_perplexity,none\","
            + " examples = 12, confirm = 5, seed = 3 }");

    SearchAction.Result result = search("lm-eval", Fault.NONE);

    RunDirectory directory =
        new RunDirectory(Location.of(folder.resolve("lm-eval")), new Configuration());
    List<Row> examples =
        directory
            .tasks(spark)
            .dataset()
            .where("measure = '" + ScriptedWorker.PERPLEXITY + "'")
            .selectExpr("columns['document']", "weight")
            .collectAsList();
    assertThat(examples)
        .hasSize(12)
        .allMatch(row -> row.getDouble(1) == 1 + Integer.parseInt(row.getString(0)));
    assertThat(examples.stream().map(row -> row.getString(0)).distinct()).hasSize(12);
    assertThat(result.top()).hasSize(3);
    assertThat(result.record().search().objective().unit()).isEqualTo("word_perplexity");
    assertThat(result.record().search().objective().direction())
        .isEqualTo(Direction.LOWER_IS_BETTER);
    assertThat(result.record().run().identity().get("task quiz"))
        .startsWith("lm-eval/1 scripted=1 d1 {} examples=12 seed=3");
  }

  @Test
  void saysWhatATaskOfLmEvalDoesNotHaveBeforeAnythingIsMerged() {
    run.writeManifest(
        "checkpoint = base",
        "{ id = one, kind = lm-eval, task = arc_esay, measure = \"acc,none\" },"
            + "{ id = two, kind = lm-eval, task = arc_hard, measure = \"acc,none\" }");

    UserException told =
        catchThrowableOfType(UserException.class, () -> search("unknown", Fault.NONE));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told.problems()).hasSize(2);
    assertThat(told.problems().get(0).message())
        .contains("Task one: lm-eval knows no task arc_esay", "Is it one of scripted_task");
    assertThat(folder.resolve("unknown")).doesNotExist();
  }

  @Test
  void checksWhatAWorkerCanDoBeforeASearch() {
    run.writeManifest(
        "checkpoint = base",
        "{ id = one, kind = lm-eval, task = scripted_task, measure = \"bleu,none\" }");
    org.mergetomix.config.Configuration configuration =
        run.configuration(settings("checked", ScriptedWorker.command(Fault.WARNS)));

    assertThatThrownBy(() -> new CheckAction(spark, run.manifest(), configuration).run())
        .hasMessageContaining("cannot be judged by bleu,none, which is of all examples together");

    run.writeManifest("checkpoint = base");
    assertThat(new CheckAction(spark, run.manifest(), configuration).run().warnings())
        .extracting(Problem::what)
        .contains("The worker warns: torch is 7, and 2 was tested");
  }

  @Test
  void passesOnWhatAWorkerWarnsOf() {
    SearchAction.Result result = search("warned", Fault.WARNS);

    assertThat(result.warnings())
        .extracting(Problem::what)
        .containsOnlyOnce("The worker warns: torch is 7, and 2 was tested");
    assertThat(result.record().start().versions())
        .containsEntry("worker warnings", "torch is 7, and 2 was tested");
  }

  @Test
  void scoresWhatAWorkerWrites() throws Exception {
    Files.writeString(
        run.manifestFile().resolveSibling("open.jsonl"),
        "{\"prompt\": \"ab\", \"answer\": \"ee\"}\n{\"prompt\": \"abc\", \"answer\": \"a\"}\n");
    String task = "{ id = open, kind = exact-match, data = open.jsonl, max-tokens = 2 }";
    run.writeManifest("checkpoint = base, context = 16", task);

    SearchAction.Result result = search("written", Fault.NONE);

    assertThat(result.top()).extracting(row -> row.score().value()).containsOnly(0.5);
    assertThatThrownBy(() -> search("silent", Fault.DOES_NOT_WRITE))
        .hasMessageContaining("has to write, and this worker does not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "merge.method=average",
        "merge.method=task-arithmetic merge.lines.scaling=linear merge.lines.alpha=0.5"
            + " merge.lines.beta=1"
      })
  void ranksByWhatAWorkerMakesOfFactorsAsByWhatIsMerged(String method) throws Exception {
    onlyAdapters();
    String[] asked = method.split(" ", -1);
    String[] apart = (method + " search.partition-size=1").split(" ", -1);

    SearchAction.Result merged = search("merged", Fault.NONE, asked);
    SearchAction.Result folded = search("folded", Fault.NONE, factors(asked));
    ExecutorRuntime.shutDown();
    SearchAction.Result again = search("again", Fault.NONE, factors(apart));

    assertThat(folded.top())
        .extracting(RankedRow::mixture)
        .hasSize(3)
        .containsExactlyElementsOf(merged.top().stream().map(RankedRow::mixture).toList());
    for (int i = 0; i < folded.top().size(); i++) {
      double wanted = merged.top().get(i).score().value();
      assertThat(folded.top().get(i).score().value() / wanted).isCloseTo(1, within(2e-6));
    }
    assertThat(again.record().rankedDigest()).isEqualTo(folded.record().rankedDigest());
    assertThat(folded.record().run().identity().get("model"))
        .startsWith("worker/1 factors/1 threads=1 ");
    assertThat(shared).isEmptyDirectory();
    assertThatThrownBy(() -> search("merged", Fault.NONE, factors(asked)))
        .hasMessageContaining("another run");
  }

  @Test
  void refusesFactorsOfWhatHasNoneBeforeAnythingIsMerged() {
    UserException told =
        catchThrowableOfType(
            UserException.class, () -> search("whole", Fault.NONE, factors("merge.method=ties")));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told.problems())
        .extracting(Problem::what)
        .satisfiesExactly(
            method -> assertThat(method).contains("ties", "is not a weighted sum of whole deltas"),
            expert -> assertThat(expert).contains("the expert of whole is no LoRA adapter"));
    assertThat(folder.resolve("whole")).doesNotExist();
  }

  @Test
  void refusesAWorkerThatTakesNoFactors() throws Exception {
    onlyAdapters();

    UserException told =
        catchThrowableOfType(
            UserException.class, () -> search("without", Fault.TAKES_NO_FACTORS, factors()));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told.getMessage())
        .contains("this worker takes none", "Set worker.experts to merged");
    assertThat(folder.resolve("without")).doesNotExist();
  }

  /** Two adapters as the only experts: the one that is there, and a stronger one. */
  private void onlyAdapters() throws Exception {
    Path other = Files.createDirectories(run.expert("other"));
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      Files.copy(run.expert(HuggingFaceRun.ADAPTER).resolve(file), other.resolve(file));
    }
    Path config = other.resolve("adapter_config.json");
    String weak = Files.readString(config);
    Files.writeString(config, weak.replace("\"lora_alpha\": 5", "\"lora_alpha\": 11"));
    assertThat(Files.readString(config)).isNotEqualTo(weak);
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replace(
            "id = whole, expert = \"experts/whole\"", "id = other, expert = \"experts/other\""));
  }

  private static String[] factors(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("worker.experts=factors");
    return all.toArray(String[]::new);
  }

  @Test
  void refusesAGraphOfTheUsersOwn() throws Exception {
    Files.writeString(run.manifestFile().resolveSibling("graph.pt"), "a graph");
    run.writeManifest("checkpoint = base, model = graph.pt");

    assertThatThrownBy(() -> search("graph", Fault.NONE))
        .hasMessageContaining("base.model is a TorchScript graph");
  }

  @Test
  void isNoOtherRunWithAnotherEngine() {
    new SearchAction(
            spark,
            run.manifest(),
            run.configuration("output=" + folder.resolve("both")),
            Progress.SILENT)
        .run();

    assertThatThrownBy(() -> search("both", Fault.NONE)).hasMessageContaining("another run");
  }

  @Test
  void refusesACommandThatIsNotThereBeforeItStarts() {
    UserException told =
        catchThrowableOfType(
            UserException.class, () -> searched("absent", List.of("/no/such/worker")));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(folder.resolve("absent")).doesNotExist();
  }

  @Test
  void refusesSharedMemoryThatIsNotThere() {
    assertThatThrownBy(
            () -> search("memory", Fault.NONE, "worker.shared-memory=" + folder.resolve("none")))
        .hasMessageContaining("no folder for shared memory");
  }

  private SearchAction.Result search(String output, Fault fault, String... settings) {
    return searched(output, ScriptedWorker.command(fault), settings);
  }

  private SearchAction.Result searched(String output, List<String> command, String... settings) {
    return new SearchAction(
            spark,
            run.manifest(),
            run.configuration(settings(output, command, settings)),
            Progress.SILENT)
        .run();
  }

  private String[] settings(String output, List<String> command, String... settings) {
    List<String> all = new ArrayList<>();
    all.add("output=" + folder.resolve(output));
    all.add("evaluation.engine=worker");
    all.add("worker.command=" + String.join(",", command));
    all.add("worker.shared-memory=" + shared);
    all.addAll(List.of(settings));
    return all.toArray(String[]::new);
  }
}
