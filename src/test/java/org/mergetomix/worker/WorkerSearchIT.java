package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.location.Location;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
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
    List<String> all = new ArrayList<>();
    all.add("output=" + folder.resolve(output));
    all.add("evaluation.engine=worker");
    all.add("worker.command=" + String.join(",", command));
    all.add("worker.shared-memory=" + shared);
    all.addAll(List.of(settings));
    return new SearchAction(
            spark, run.manifest(), run.configuration(all.toArray(String[]::new)), Progress.SILENT)
        .run();
  }
}
