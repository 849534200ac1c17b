package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mergetomix.executor.TrainingOutcome.Origin.GIVEN;
import static org.mergetomix.executor.TrainingOutcome.Origin.REUSED;
import static org.mergetomix.executor.TrainingOutcome.Origin.TRAINED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.output.Failures;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
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

  @Test
  void saysThatTheLossIsNoLongerANumber() {
    assertThatThrownBy(() -> fineTune(run, "training.learning-rate=1e10", "training.steps=30"))
        .satisfies(
            failure ->
                assertThat(Failures.mendable(failure))
                    .hasValueSatisfying(
                        mendable -> {
                          assertThat(mendable.exitCode()).isEqualTo(ExitCode.INPUT);
                          assertThat(mendable.getMessage())
                              .matches(
                                  "The loss is no longer a number \\(\\S+ at step \\d+ of 30\\)"
                                      + " \\(fine-tuning on [abcd]\\)\\."
                                      + " Lower training\\.learning-rate,"
                                      + " or raise training\\.warmup-steps\\.");
                        }));
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

    assertThat(steps.job(one, target).steps()).isEqualTo(7);
    assertThat(steps.job(two, target).steps()).isEqualTo(7);
    assertThat(epochs.job(one, target).steps()).isEqualTo(4);
    assertThat(epochs.job(two, target).steps()).isEqualTo(9);
  }

  private List<TrainingOutcome> fineTune() {
    return fineTune(run);
  }

  private List<TrainingOutcome> fineTune(SmallRun inputs, String... settings) {
    return new FineTuneAction(
            spark, inputs.manifest(), inputs.configuration(settings), Progress.SILENT)
        .run();
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
