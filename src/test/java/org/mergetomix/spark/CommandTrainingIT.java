package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mergetomix.executor.TrainingOutcome.Origin.REUSED;
import static org.mergetomix.executor.TrainingOutcome.Origin.TRAINED;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.ExecutorRuntime;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.table.FidelityRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.worker.ScriptedTrainer;
import org.mergetomix.worker.ScriptedTrainer.Fault;

/** Experts, mixtures and the winner, trained by processes beside the executor. */
@ExtendWith(SparkSessionExtension.class)
class CommandTrainingIT {

  @TempDir private Path folder;

  private SparkSession spark;
  private HuggingFaceRun run;
  private List<String> command = ScriptedTrainer.command(Fault.NONE);

  @BeforeEach
  void prepare(SparkSession session) {
    spark = session;
    run = HuggingFaceRun.of(folder.resolve("inputs"));
    run.writeTrainingManifest("checkpoint = base");
  }

  @AfterEach
  void shutDown() {
    ExecutorRuntime.shutDown();
  }

  @Test
  void writesExpertsAndMixturesAsEveryModelIsWritten() throws Exception {
    run.storeBaseInBfloat16();

    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(TRAINED);

    assertThat(files(run.expert("one"))).isEqualTo(files(run.base()));
    try (Checkpoint base = Checkpoints.open(run.base());
        Checkpoint trained = Checkpoints.open(run.expert("one"))) {
      assertThat(trained.tensors()).isEqualTo(base.tensors());
      assertThat(first(trained)).isNotEqualTo(first(base));
    }
    assertThat(fineTune()).extracting(TrainingOutcome::origin).containsOnly(REUSED);
    assertThat(fineTune("training.threads=2"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);
    fineTune();

    new SearchAction(spark, run.manifest(), configuration(), Progress.SILENT).run();
    FidelityAction.Result result =
        new FidelityAction(spark, run.manifest(), configuration(), Progress.SILENT).run();

    assertThat(
            new RunDirectory(
                    configuration().requireOutput(), spark.sparkContext().hadoopConfiguration())
                .fidelity(spark)
                .read())
        .extracting(FidelityRow::mixture)
        .contains("one+two");
    assertThat(result.winner().path()).isDirectory();
    assertThat(workspace()).as("what is done is removed").isEmpty();
  }

  @Test
  void writesAdaptersThatDoNotNameAPlaceOfThisMachine() throws Exception {
    assertThat(fineTune("training.method=lora"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(TRAINED);

    Path expert = run.expert("one");
    assertThat(files(expert)).containsExactly("adapter_config.json", "adapter_model.safetensors");
    assertThat(
            new ObjectMapper()
                .readTree(expert.resolve("adapter_config.json").toFile())
                .path("base_model_name_or_path")
                .asText())
        .isEqualTo("base");
    assertThat(fineTune("training.method=lora"))
        .extracting(TrainingOutcome::origin)
        .containsOnly(REUSED);
  }

  @Test
  void goesOnAfterATrainerDiedAndEndsWithTheSameModel() throws Exception {
    Path once = folder.resolve("once");
    command = ScriptedTrainer.command(once);
    fineTune();
    String undisturbed = weights(run.expert("one"));
    HuggingFaceRun again = HuggingFaceRun.of(folder.resolve("again"));
    again.writeTrainingManifest("checkpoint = base");
    run = again;
    Files.writeString(once, Fault.DIES.name());

    UserException told = catchThrowableOfType(UserException.class, this::fineTune);

    assertThat(told).hasMessageContaining("The trainer ended with code 137, by signal 9");
    assertThat(workspace()).hasSize(1);
    assertThat(fineTune()).extracting(TrainingOutcome::origin).contains(TRAINED);
    assertThat(workspace()).isEmpty();
    assertThat(weights(run.expert("one"))).isEqualTo(undisturbed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
WRITES_NO_MODEL     | The trainer left no checkpoint in safetensors in the folder of its model
WRITES_OTHER_SHAPES | shape
LEAVES_NO_RESULT    | The trainer ended as if it had done its work, but there is no result.json
""")
  void refusesWhatIsNoModelOfTheBaseAndTakesItForDoneNever(Fault fault, String message) {
    command = ScriptedTrainer.command(fault);

    UserException told = catchThrowableOfType(UserException.class, this::fineTune);

    assertThat(told.exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(told).hasMessageContaining(message);
    assertThat(run.expert("one")).doesNotExist();
    assertThat(results()).isEmpty();
  }

  @Test
  void refusesACommandThatIsNotThereBeforeAnythingElse() {
    command = List.of(folder.resolve("none").toString());

    UserException told = catchThrowableOfType(UserException.class, this::fineTune);

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told).hasMessageContaining("The trainer cannot be started");
    run.writeTrainingManifest("checkpoint = base", ".safetensors");
    assertThat(catchThrowableOfType(UserException.class, this::fineTune))
        .hasMessageContaining("training.engine is command, which writes folders");
  }

  private List<TrainingOutcome> fineTune(String... settings) {
    return new FineTuneAction(spark, run.manifest(), configuration(settings), Progress.SILENT)
        .run()
        .outcomes();
  }

  private Configuration configuration(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "training.engine=command",
                "training.command=" + String.join(",", command),
                "training.workspace=" + folder.resolve("work"),
                "training.silence=60",
                "training.steps=4",
                "training.batch-size=2",
                "fidelity.mixtures=3",
                "fidelity.bootstrap-samples=20"));
    all.addAll(List.of(settings));
    return run.configuration(all.toArray(String[]::new));
  }

  /** Folders of trainings. */
  private List<Path> workspace() {
    return walk(folder.resolve("work")).stream()
        .filter(path -> path.getFileName().toString().length() == 64)
        .toList();
  }

  private List<Path> results() {
    return walk(folder.resolve("work")).stream()
        .filter(path -> path.endsWith("result.json"))
        .toList();
  }

  private static String weights(Path expert) {
    return Digests.sha256(expert.resolve("model.safetensors"));
  }

  private static float[] first(Checkpoint checkpoint) {
    float[] values = new float[64];
    checkpoint.read("model.embed_tokens.weight", 0, values, values.length);
    return values;
  }

  private static List<String> files(Path directory) {
    try (Stream<Path> found = Files.list(directory)) {
      return found.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<Path> walk(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      return found.toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
