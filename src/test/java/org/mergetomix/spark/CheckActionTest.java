package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.memory.ExecutorMemory;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class CheckActionTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.of(folder);
  }

  @Test
  void countsWhatASearchWouldDo() throws IOException {
    Files.delete(run.expert("c"));

    CheckAction.Result result = check("search.maximum-size=2");

    assertThat(result)
        .isEqualTo(
            new CheckAction.Result(
                4, result.search(), List.of("c"), result.memory(), result.training(), List.of()));
    assertThat(result.training()).isPresent();
    assertThat(result.search().describe()).isEqualTo("10 mixtures");
    assertThat(run.output()).doesNotExist();
  }

  @Test
  void warnsOfTasksWithTheSameText() throws IOException {
    Files.copy(run.text("task"), run.text("copy"));
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replace(
            "tasks = [", "tasks = [\n{ id = twin, kind = language-modelling, data = copy.txt }"));

    assertThat(check().warnings())
        .extracting(Problem::message)
        .containsExactly(
            "The tasks task, twin have the same text, so they err together: the errors of scores"
                + " over all tasks are shown too small. Leave one of them, or give each a text of"
                + " its own.");
  }

  @Test
  void plansTheMemoryOfAnExecutor() throws IOException {
    long model = elements() * Float.BYTES;
    Files.delete(run.expert("c"));

    MemoryPlan plan = check("merge.method=ties", "merge.buffers=2").memory();

    assertThat(plan.model()).isEqualTo(model);
    assertThat(plan.prefixes().bytes()).isBetween(4 * model, 4 * model + model / 10);
    assertThat(plan.prefixes().kept()).isEqualTo(2);
    assertThat(plan.masks()).isBetween(model / 8, model / 8 + model / 100);
    assertThat(plan.checkpoints())
        .isEqualTo(Files.size(run.base()) + 3 * Files.size(run.expert("a")) + model);
    assertThat(plan.texts())
        .isEqualTo(Files.size(run.text("task")) + Files.size(run.text("confirm")));
    assertThat(plan.download()).isZero();
    assertThat(plan.capacity()).isEqualTo(50L << 30);
    assertThat(plan.executor().slots()).isEqualTo(2);
    assertThat(plan.executor().kind()).isEqualTo(ExecutorMemory.Kind.LOCAL);
    assertThat(plan.executor().direct()).isPositive();
    assertThat(check().memory().prefixes().kept()).isEqualTo(3);
    assertThat(check().memory().prefixes().bytes()).isBetween(model, model + model / 10);
  }

  private long elements() {
    try (Checkpoint base = Checkpoints.open(run.base())) {
      return base.tensors().values().stream().mapToLong(TensorSpec::elements).sum();
    }
  }

  @Test
  void refusesWhatCannotFitAnExecutorBeforeAnythingElse() {
    run.writeHugeBase(25_000_000_000L);

    assertThatThrownBy(() -> check("merge.buffers=1000"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal.problems().get(0).message())
                  .matches(
                      "The prefix sums of an executor are 558.8 GiB \\(slots: 2, prefixes: 3, each"
                          + " 93.1 GiB\\), but its JVM allows .* of direct memory"
                          + " \\(merge.buffers\\)\\. Even 1 does not fit: raise"
                          + " spark.driver.memory .*");
            });
  }

  @Test
  void namesEveryMissingFileAtOnce() throws IOException {
    Files.delete(run.base());
    Files.delete(run.text("task"));
    Files.delete(run.text("confirm"));
    Files.delete(run.expert("a"));
    Files.delete(run.text("a"));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.where())
                    .containsExactlyInAnyOrder(
                        run.base().toString(),
                        run.text("task").toString(),
                        run.text("confirm").toString(),
                        run.text("a").toString()));
  }

  @Test
  void readsEveryText() throws IOException {
    Files.write(run.text("a"), new byte[] {(byte) 0xff, (byte) 0xfe});
    run.writeText("confirm", List.of(" "));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.message())
                    .containsExactlyInAnyOrder(
                        "Not UTF-8 text (%s:1).".formatted(run.text("a"))
                            + " Convert it to UTF-8, one example a line.",
                        "The data holds no example (%s). Write one example a line."
                            .formatted(run.text("confirm"))));
  }

  @Test
  void findsABrokenModelABrokenExpertAndABrokenTextAtOnce() throws IOException {
    Files.writeString(run.graph(), "no graph");
    Files.writeString(run.expert("b"), "no tensors");
    run.writeText("task", List.of(" "));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(problem -> problem.where())
                    .containsExactlyInAnyOrder(
                        run.graph().toString(),
                        run.expert("b").toString(),
                        run.text("task").toString()));
  }

  @Test
  void refusesBfloat16ForAGraphOfOnesOwn() {
    assertThatThrownBy(() -> check("evaluation.precision=bfloat16"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "evaluation.precision is bfloat16, but a TorchScript graph computes in float32 (%s)."
                    .formatted(run.graph())
                + " Leave evaluation.precision out, or give the base as a folder of a known"
                + " family.");
  }

  @Test
  void refusesToLetAGraphOfOnesOwnWrite() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest
            .replace("language-modelling", "exact-match, prompt = \"{text}\", answer = text")
            .replace("bits_per_byte", "exact_match"));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isNotEqualTo(ExitCode.UNEXPECTED))
        .hasMessageContaining(
            "Task task is exact-match, for which the base has to write, and a TorchScript graph"
                + " cannot (%s)".formatted(run.graph()));
  }

  @Test
  void refusesToHoldOutOfRowsThatAreAllTheSame() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replaceFirst("confirm = .*", "confirm = { share = 0.5, seed = 3 }"));
    assertThat(Manifest.read(run.manifestFile()).tasks().get(0).holdout())
        .contains(new Holdout(0.5, 3));
    check();
    run.writeText("task", List.of("same", "same", "same"));

    assertThatThrownBy(this::check)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Of rows that are all the same none can be held out (%s). Give more rows, name others"
                    .formatted(run.text("task"))
                + " as the task's confirm, or set training.held-out to 0.");
  }

  /** Of one manifest, all at once. */
  @Test
  void refusesTasksThatHaveExamplesInCommonOrTooFew() throws IOException {
    String row = "{\"context\": \"q%s\", \"choices\": [\"a\", \"b\"], \"answer\": 0}\n";
    String three = row.formatted(1) + row.formatted(2) + row.formatted(3);
    Files.writeString(run.text("quiz").resolveSibling("quiz.jsonl"), three);
    Files.writeString(run.text("quiz").resolveSibling("few.jsonl"), three);
    String manifest = Files.readString(run.manifestFile());
    String task = run.text("task").getFileName().toString().replace("task", "[t]ask");
    Files.writeString(
        run.manifestFile(),
        manifest
            .replaceFirst("confirm = .*", "confirm = { share = 0.5 }")
            .replaceFirst(
                "tasks = \\[",
                """
                tasks = [
                  { id = other, kind = language-modelling, data = "%s" }
                  { id = quiz, kind = multiple-choice, data = quiz.jsonl, shots = 1
                    shots-data = "q*.jsonl" }
                  { id = few, kind = multiple-choice, data = few.jsonl, shots = 2
                    confirm = { share = 0.5 } }
                  { id = harness, kind = lm-eval, task = some_task, measure = acc }
                """
                    .formatted(task)));

    assertThatThrownBy(this::check)
        .isInstanceOfSatisfying(
            UserException.class, refusal -> assertThat(refusal.problems()).hasSize(4))
        .hasMessageContaining(
            "What task task holds out to confirm ranks the mixtures in task other")
        .hasMessageContaining("The worked examples of task quiz have a file that its questions are")
        .hasMessageContaining("too few for 2 worked examples before each")
        .hasMessageContaining("Task harness is lm-eval's, which runs in a worker");
  }

  @Test
  void refusesToPackForAGraphOfOnesOwn() throws IOException {
    for (String dataset : SmallRun.DATASETS) {
      Files.delete(run.expert(dataset));
    }

    assertThatThrownBy(() -> check("training.packing=masked"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("training.packing is masked, but the base has a graph of its own");
  }

  @Test
  void triesTheContextOnAGraphOfOnesOwn() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(run.manifestFile(), manifest.replace("context = 16", "context = 49"));

    assertThatThrownBy(this::check)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("The model cannot process tokens of shape (1, 49): The size of")
        .hasMessageEndingWith(
            "(%s). Check that the context and the tokenizer in the manifest are the model's."
                .formatted(run.graph()));
  }

  @Test
  void measuresTheExpertsThatAreThere() throws IOException {
    Files.delete(run.expert("a"));
    Files.copy(run.base(), run.expert("b"), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(run.expert("c"), run.expert("d"), StandardCopyOption.REPLACE_EXISTING);

    Preflight figures = action().measure();

    assertThat(figures.experts()).containsOnlyKeys("b", "c", "d");
    assertThat(figures.experts().get("b").drift()).isZero();
    assertThat(figures.cosine("c", "d")).isCloseTo(1, within(1e-12));
    assertThat(figures.warnings())
        .anyMatch(warning -> warning.startsWith("An expert is the base itself"))
        .anyMatch(warning -> warning.startsWith("Two experts are the same"));
    assertThat(run.output()).doesNotExist();
  }

  @Test
  void findsTheSameFiguresAsASearch() {
    assertThat(action().measure())
        .isEqualTo(
            new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT)
                .run()
                .record()
                .preflight());
  }

  @Test
  void measuresNothingWithoutExperts() throws IOException {
    for (String dataset : SmallRun.DATASETS) {
      Files.delete(run.expert(dataset));
    }

    assertThat(action().measure()).isEqualTo(Preflight.NONE);
  }

  private CheckAction action() {
    return new CheckAction(spark, run.manifest(), run.configuration());
  }

  private CheckAction.Result check(String... settings) {
    return new CheckAction(spark, run.manifest(), run.configuration(settings)).run();
  }
}
