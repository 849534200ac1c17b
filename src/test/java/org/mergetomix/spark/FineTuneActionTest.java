package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mergetomix.executor.TrainingOutcome.Origin.GIVEN;
import static org.mergetomix.executor.TrainingOutcome.Origin.REUSED;
import static org.mergetomix.executor.TrainingOutcome.Origin.TAKEN_OVER;
import static org.mergetomix.executor.TrainingOutcome.Origin.TRAINED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.executor.TrainingRoom;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class FineTuneActionTest {

  @TempDir private Path folder;

  private SparkSession spark;
  private SmallRun run;

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = SmallRun.withoutExperts(folder.resolve("inputs"));
  }

  @Test
  void trainsAnExpertForEveryDataset() {
    List<TrainingOutcome> outcomes = fineTune();

    assertThat(outcomes).extracting(TrainingOutcome::mixture).containsExactly("a", "b", "c", "d");
    assertThat(outcomes).allSatisfy(this::isTrained);
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void trainsOnlyWhatIsMissing() throws IOException {
    fineTune();
    byte[] before = Files.readAllBytes(run.expert("b"));
    Files.delete(run.expert("b"));

    assertThat(fineTune())
        .extracting(TrainingOutcome::origin)
        .containsExactly(REUSED, TRAINED, REUSED, REUSED);
    assertThat(run.expert("b")).hasBinaryContent(before);
  }

  @Test
  void takesOverTheExpertsOfARunThatWereTrainedFromTheSame() throws IOException {
    fineTune();
    new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT).run();
    SmallRun other = SmallRun.withoutExperts(folder.resolve("other"));
    other.writeText("c", List.of("another", "text"));

    FineTuneAction.Result result = reusing(other);

    assertThat(result.outcomes())
        .extracting(TrainingOutcome::origin)
        .containsExactly(TAKEN_OVER, TAKEN_OVER, TRAINED, TAKEN_OVER);
    assertThat(other.expert("a")).hasSameBinaryContentAs(run.expert("a"));
    assertThat(result.warnings())
        .singleElement()
        .satisfies(
            warning ->
                assertThat(warning.message())
                    .startsWith("The expert of c in " + run.output() + " is not taken over: data")
                    .doesNotContain("seed"));
    assertThat(reusing(other).outcomes()).extracting(TrainingOutcome::origin).containsOnly(REUSED);
    assertThat(reusing(other).warnings()).isEmpty();
  }

  @Test
  void saysWhyExpertsOfARunAreNotTakenOver() throws IOException {
    fineTune();
    new SearchAction(spark, run.manifest(), run.configuration(), Progress.SILENT).run();
    Files.delete(run.expert("b"));
    SmallRun brought = SmallRun.of(folder.resolve("brought"));
    Files.copy(brought.expert("d"), run.expert("d"), StandardCopyOption.REPLACE_EXISTING);
    SmallRun other = SmallRun.withoutExperts(folder.resolve("other"));

    FineTuneAction.Result result = reusing(other, "seed=2", "training.steps=2");

    assertThat(result.outcomes()).extracting(TrainingOutcome::origin).containsOnly(TRAINED);
    assertThat(result.warnings()).extracting(Problem::what).hasSize(4);
    assertThat(result.warnings().get(0).what())
        .contains("seed is 1 there and 2 here")
        .contains("Steps[count=3]")
        .contains("Steps[count=2]")
        .doesNotContain("base is")
        .doesNotContain("data of");
    assertThat(result.warnings().get(1).what()).endsWith("it is not there any more");
    assertThat(result.warnings().get(3).what()).endsWith("it was not fine-tuned by this program");
  }

  @Test
  void refusesARunThatIsNotThereToTakeExpertsFrom() {
    assertThatThrownBy(() -> reusing(run))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("There is no run whose experts could be taken over");
  }

  private FineTuneAction.Result reusing(SmallRun inputs, String... settings) {
    String[] all =
        Stream.concat(Stream.of(settings), Stream.of("search.reuse=" + run.output()))
            .toArray(String[]::new);
    return new FineTuneAction(spark, inputs.manifest(), inputs.configuration(all), Progress.SILENT)
        .run();
  }

  @Test
  void givesTheSameBytesForTheSameSeedInAnyPlace() throws IOException {
    fineTune();
    byte[] first = Files.readAllBytes(run.expert("a"));
    SmallRun elsewhere = SmallRun.withoutExperts(folder.resolve("elsewhere"));

    fineTune(elsewhere);
    assertThat(elsewhere.expert("a")).hasBinaryContent(first);

    fineTune(elsewhere, "seed=2");
    assertThat(Files.readAllBytes(elsewhere.expert("a"))).isNotEqualTo(first);
  }

  @Test
  void trainsOnAFolderOfRowsWhoseColumnIsNamed() throws IOException {
    Path rows = Files.createDirectories(run.text("a").resolveSibling("rows"));
    Files.writeString(rows.resolve("1.jsonl"), "{\"body\": \"some text\"}\n");
    Files.writeString(rows.resolve("2.jsonl"), "{\"body\": \"other text\"}\n");
    String manifest = Files.readString(run.manifestFile());
    String changed = manifest.replace("\"a.txt\"", "rows, text = body");
    assertThat(changed).isNotEqualTo(manifest);
    Files.writeString(run.manifestFile(), changed);

    assertThat(fineTune()).allSatisfy(this::isTrained);
  }

  /** What evaluates is another matter. */
  @Test
  void trainsWhateverRunsTheTasks() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replaceFirst(
            "tasks = \\[",
            "tasks = [ { id = h, kind = lm-eval, task = some_task, measure = acc }"));

    assertThat(fineTune(run, "evaluation.engine=worker")).allSatisfy(this::isTrained);
  }

  @Test
  void trainsAgainWhenATextHasChanged() {
    fineTune();
    run.writeText("c", List.of("another", "text"));

    assertThat(fineTune())
        .extracting(TrainingOutcome::origin)
        .containsExactly(REUSED, REUSED, TRAINED, REUSED);
  }

  @Test
  void trainsAgainWhenTheRecipeHasChanged() {
    fineTune();

    assertThat(fineTune(run, "training.steps=4"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
  }

  @Test
  void leavesTheUsersOwnExpertsAlone() throws IOException {
    Files.createDirectories(run.expert("d").getParent());
    Files.copy(run.base(), run.expert("d"));

    assertThat(fineTune())
        .extracting(TrainingOutcome::origin)
        .containsExactly(TRAINED, TRAINED, TRAINED, GIVEN);
    assertThat(run.expert("d")).hasSameBinaryContentAs(run.base());
  }

  @Test
  void needsNoDataWhereThereIsAnExpert() throws IOException {
    Files.createDirectories(run.expert("d").getParent());
    Files.copy(run.base(), run.expert("d"));
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(run.manifestFile(), manifest.replace("data = \"d.txt\"", ""));

    assertThat(fineTune())
        .extracting(TrainingOutcome::origin)
        .containsExactly(TRAINED, TRAINED, TRAINED, GIVEN);
  }

  @Test
  void startsNoCommandWhereNothingIsToBeTrained() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    for (String dataset : SmallRun.DATASETS) {
      Files.createDirectories(run.expert(dataset).getParent());
      Files.copy(run.base(), run.expert(dataset));
      manifest = manifest.replace("data = \"%s.txt\"".formatted(dataset), "");
    }
    Files.writeString(run.manifestFile(), manifest);

    assertThat(fineTune(run, "training.engine=command", "training.command=/there/is/none"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(GIVEN)
        .hasSize(SmallRun.DATASETS.size());
  }

  @Test
  void saysWhichDatasetsHaveNothingToTrainOn() throws IOException {
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replace("data = \"b.txt\"", "").replace("data = \"d.txt\"", ""));

    assertThatThrownBy(this::fineTune)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal.problems())
                  .extracting(problem -> problem.what())
                  .containsExactly(
                      "Dataset b has no data to fine-tune on",
                      "Dataset d has no data to fine-tune on");
            });
    assertThat(run.expert("a")).doesNotExist();
  }

  @Test
  void looksAtEveryTextBeforeItTrains() throws IOException {
    Files.write(run.text("a"), new byte[] {'o', 'k', '\n', (byte) 0xff, (byte) 0xfe});
    run.writeText("c", List.of("", "  "));

    assertThatThrownBy(this::fineTune)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal.problems())
                  .extracting(problem -> problem.where())
                  .containsExactly(run.text("a") + ":2", run.text("c").toString());
            });
    assertThat(run.expert("b")).doesNotExist();
  }

  /** Thrown out of a Spark task, it would be trained again, and only one would be told. */
  @Test
  void saysOfEveryTrainingThatItsLossIsNoLongerANumber() {
    assertThatThrownBy(() -> fineTune(run, "training.learning-rate=1e10", "training.steps=30"))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.INPUT);
              assertThat(refusal.problems())
                  .extracting(problem -> problem.where())
                  .containsExactly(
                      "fine-tuning on a",
                      "fine-tuning on b",
                      "fine-tuning on c",
                      "fine-tuning on d");
              assertThat(refusal.problems().get(0).message())
                  .matches(
                      "The loss is no longer a number \\(\\S+ at step \\d+ of 30\\)"
                          + " \\(fine-tuning on a\\)\\."
                          + " Lower training\\.learning-rate,"
                          + " or raise training\\.warmup-steps\\.");
            });
    for (String dataset : SmallRun.DATASETS) {
      assertThat(run.expert(dataset)).doesNotExist();
    }
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void countsStepsByWhatRulesTheLength() {
    Location target = Location.of(folder.resolve("model.safetensors"));
    Mixture one = Mixture.subset(List.of("a"));
    Mixture two = Mixture.subset(List.of("a", "b"));
    TrainingPlan steps =
        TrainingPlan.of(spark, run.manifest(), run.configuration("training.steps=7"));
    run.writeText("a", List.of("x", "y", "z"));
    run.writeText("b", List.of("x", "y", "z", "w"));
    TrainingPlan epochs =
        TrainingPlan.of(
            spark,
            run.manifest(),
            run.configuration(
                "training.length=epochs", "training.epochs=5", "training.batch-size=4"));

    assertThat(TrainingJob.steps(List.of(steps.job(one, target)))).isEqualTo(7);
    assertThat(TrainingJob.steps(List.of(steps.job(two, target)))).isEqualTo(7);
    assertThat(TrainingJob.steps(List.of(epochs.job(one, target)))).isEqualTo(4);
    assertThat(TrainingJob.steps(List.of(epochs.job(two, target)))).isEqualTo(9);
    assertThat(TrainingJob.steps(List.of(epochs.job(one, target), epochs.job(two, target))))
        .isEqualTo(13);
    TrainingPlan tokens =
        TrainingPlan.of(
            spark,
            run.manifest(),
            run.configuration(
                "training.length=tokens", "training.tokens=17", "training.batch-size=4"));
    // A byte, and the end: 8 tokens a step.
    assertThat(TrainingJob.steps(List.of(tokens.job(one, target)))).isEqualTo(3);
    assertThat(tokens.job(one, target).digest())
        .isNotEqualTo(epochs.job(one, target).digest())
        .isNotEqualTo(steps.job(one, target).digest());
  }

  @Test
  void countsStepsWithoutBaseAndGraph() throws IOException {
    TrainingPlan plan =
        TrainingPlan.of(spark, run.manifest(), run.configuration("training.length=epochs"));
    TrainingJob job =
        plan.job(Mixture.subset(List.of("a")), Location.of(folder.resolve("model.safetensors")));
    FileInput elsewhere = new FileInput(Location.of("s3a://nowhere/model"), "", "0");
    TrainingJob remote =
        new TrainingJob(
            job.access(),
            job.mixture(),
            new ModelInput.TorchScript(elsewhere, List.of()),
            elsewhere,
            job.texts(),
            job.recipe(),
            job.seed(),
            job.output());

    assertThat(TrainingJob.steps(List.of(remote))).isEqualTo(TrainingJob.steps(List.of(job)));
  }

  @Test
  void refusesWhatAHostMayNotKeepBeforeItTrains() {
    TrainingPlan plan =
        TrainingPlan.of(spark, run.manifest(), run.configuration("cache.capacity=1000"));
    TrainingJob here =
        plan.job(Mixture.subset(List.of("a")), Location.of(folder.resolve("model.safetensors")));
    TrainingJob inAStore =
        plan.job(Mixture.subset(List.of("b")), Location.of("s3a://bucket/model.safetensors"));

    TrainingRoom.require(List.of(here));
    assertThatThrownBy(() -> TrainingRoom.require(List.of(here, inAStore)))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal.getMessage())
                  .matches(
                      "Fine-tuning on b keeps 0 bytes of copies on a host, and (\\d+) of the model"
                          + " until it is in its store, but a host may keep 1000"
                          + " \\(cache\\.capacity\\)\\. Raise it to at least \\1\\.");
            });
  }

  @Test
  void refusesDatasetsWithOneExpertInTwoSpellings() throws IOException {
    Files.createDirectories(run.expert("a").getParent());
    Files.createSymbolicLink(run.folder().resolve("link"), run.expert("a").getParent());
    String manifest = Files.readString(run.manifestFile());
    Files.writeString(
        run.manifestFile(),
        manifest.replace("\"experts/c.safetensors\"", "\"link/a.safetensors\""));

    assertThatThrownBy(this::fineTune)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal)
                  .hasMessageStartingWith("The datasets a and c have the same expert, ");
            });
    assertThat(run.expert("a")).doesNotExist();
  }

  private List<TrainingOutcome> fineTune() {
    return fineTune(run);
  }

  private List<TrainingOutcome> fineTune(SmallRun inputs, String... settings) {
    return new FineTuneAction(
            spark, inputs.manifest(), inputs.configuration(settings), Progress.SILENT)
        .run()
        .outcomes();
  }

  private void isTrained(TrainingOutcome outcome) {
    assertThat(outcome.origin()).isEqualTo(TRAINED);
    assertThat(outcome.model().path()).isRegularFile().isEqualTo(run.expert(outcome.mixture()));
    assertThat(outcome.loss()).isBetween(1.0, 10.0);
    assertThat(outcome.seconds()).isPositive();
  }

  private List<Path> temporaryFiles() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".tmp")).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
