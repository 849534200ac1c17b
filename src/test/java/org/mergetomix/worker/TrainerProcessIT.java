package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.data.Example;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.training.FineTuning;
import org.mergetomix.worker.ScriptedTrainer.Fault;

/** Real trainers that do as they should, or otherwise. */
class TrainerProcessIT {

  private static final String DIGEST = "0123456789abcdef0123456789abcdef";
  private static final int STEPS = 6;

  /** As long as a process may take to start on a busy machine. */
  private static final int SILENCE = 15;

  @TempDir private Path folder;

  private HuggingFaceRun run;
  private Set<ProcessHandle> others;
  private final List<Integer> steps = new ArrayList<>();

  @BeforeEach
  void prepare() {
    others = ProcessHandle.current().children().collect(Collectors.toSet());
    run = HuggingFaceRun.of(folder.resolve("inputs"));
  }

  @Test
  void tellsVersionsAndTrainsStepByStep() {
    assertThat(TrainerProcess.versions(trainer(Fault.NONE)))
        .isEqualTo(new TreeMap<>(Map.of("scripted", "1")));

    TrainerResult result = train(trainer(Fault.NONE));

    assertThat(result.loss()).isEqualTo(2.5);
    assertThat(result.model().resolve("model.safetensors")).exists();
    assertThat(steps).isEqualTo(IntStream.rangeClosed(1, STEPS).boxed().toList());
  }

  @Test
  void goesOnWhereItWasAfterItDied() throws Exception {
    Path once = Files.writeString(folder.resolve("once"), Fault.DIES.name());

    assertThatThrownBy(() -> train(trainer(ScriptedTrainer.command(once))))
        .hasMessageContaining("The trainer ended with code 137, by signal 9")
        .hasMessageContaining("It said last: the trainer begins | killed at step 3");
    train(trainer(ScriptedTrainer.command(once)));

    assertThat(steps).containsExactly(1, 2, 3, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void startsATrainerAgainThatSavedAndStopped() throws Exception {
    Path once = Files.writeString(folder.resolve("once"), Fault.STOPS.name());

    train(trainer(ScriptedTrainer.command(once)));

    assertThat(steps).isEqualTo(IntStream.rangeClosed(1, STEPS).boxed().toList());
  }

  @Test
  void givesUpATrainerThatStopsWithoutAnyFurtherStep() {
    assertThatThrownBy(() -> train(trainer(Fault.STOPS_AT_ONCE)))
        .hasMessageContaining("The trainer ended with code 75");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
FAILS                  | The trainer ended with code 3 (%s). It said last: the trainer begins | RuntimeError: out of memory
LEAVES_NO_RESULT       | The trainer ended as if it had done its work, but there is no result.json
WRITES_GARBAGE         | result.json
TELLS_ANOTHER_JOB      | The result is of another job
NAMES_A_FOLDER_OUTSIDE | The result names no folder within that of the training as its model
""")
  void saysWhatATrainerDidWrongly(Fault fault, String message) {
    UserException told = catchThrowableOfType(UserException.class, () -> train(trainer(fault)));

    assertThat(told.exitCode()).isEqualTo(ExitCode.INPUT);
    assertThat(told).hasMessageContaining(message.replace("%s", java()));
  }

  @Test
  void endsATrainerWithoutProgress() throws Exception {
    TrainerCommand hangs = new TrainerCommand(ScriptedTrainer.command(Fault.HANGS), "", 3, 1, 1);

    assertThatThrownBy(() -> train(hangs))
        .hasMessageContaining("The trainer made no progress in 3 seconds, and was ended");

    requireNoTrainer();
  }

  @Test
  void endsATrainerThatIsNoLongerWanted() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Runnable wanted =
        () -> {
          if (asked.incrementAndGet() > 5) {
            throw new IllegalStateException("killed");
          }
        };

    assertThatThrownBy(() -> train(trainer(Fault.HANGS), wanted)).hasMessage("killed");

    requireNoTrainer();
  }

  @Test
  void saysThatACommandCannotBeRun() throws Exception {
    Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\n");
    for (String command : List.of(script.toString(), folder.resolve("none").toString())) {
      UserException told =
          catchThrowableOfType(
              UserException.class, () -> TrainerProcess.versions(trainer(List.of(command))));

      assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(told)
          .hasMessageContaining("The trainer cannot be started")
          .hasMessageContaining("training.command says what is run");
    }
    assertThatThrownBy(() -> TrainerProcess.versions(trainer(Fault.NO_VERSIONS)))
        .hasMessageContaining("told no versions when it was run with --versions");
  }

  @Test
  void findsACommandFromWhereThisProcessRunsAndShowsItAllDevices() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("script"),
            """
            #!/bin/sh
            echo '{"versions": {"threads": "'$OMP_NUM_THREADS'", "argument": "'$1'"}}'
            """);
    assertThat(script.toFile().setExecutable(true)).isTrue();
    String relative = Path.of("").toAbsolutePath().relativize(script).toString();

    assertThat(TrainerProcess.versions(trainer(List.of(relative, "an/argument"))))
        .containsEntry("threads", "1")
        .containsEntry("argument", "an/argument");
    assertThat(ChildProcess.environment(List.of(ComputeDevice.gpu(4), ComputeDevice.gpu(6)), 2))
        .containsEntry("CUDA_VISIBLE_DEVICES", "4,6");
    assertThat(ChildProcess.environment(List.of(ComputeDevice.CPU), 2))
        .containsEntry("CUDA_VISIBLE_DEVICES", "");
  }

  private String java() {
    return ScriptedTrainer.command(Fault.NONE).get(0);
  }

  private void requireNoTrainer() throws Exception {
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      if (!others.contains(child)) {
        child.onExit().get(30, TimeUnit.SECONDS);
      }
    }
  }

  private TrainerCommand trainer(Fault fault) {
    return trainer(ScriptedTrainer.command(fault));
  }

  private static TrainerCommand trainer(List<String> command) {
    return new TrainerCommand(command, "", SILENCE, 1, 1);
  }

  private TrainerResult train(TrainerCommand trainer) {
    return train(trainer, () -> {});
  }

  private TrainerResult train(TrainerCommand trainer, Runnable wanted) {
    TrainerJob job =
        new TrainerJob(
            DIGEST,
            Mixture.subset(List.of("one")),
            run.base(),
            new TreeMap<>(Map.of("one", List.of(new Example.PlainText("a fox")))),
            new FineTuning(new FineTuning.Steps(STEPS), 2, 1e-3, 0, 0, 0, 1),
            Precision.FLOAT32,
            48,
            1);
    try (TrainerFolder work = TrainerFolder.open(folder.resolve("work"), DIGEST, wanted)) {
      return TrainerProcess.run(trainer, work, job, List.of(ComputeDevice.CPU), steps::add, wanted);
    }
  }
}
