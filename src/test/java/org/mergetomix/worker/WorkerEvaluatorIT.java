package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.evaluation.LikelihoodQuestions;
import org.mergetomix.evaluation.TaskExample;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.evaluation.WritingQuestions;
import org.mergetomix.evaluation.answer.TextEnding;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.merge.Merger;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.testing.HuggingFaceRun;
import org.mergetomix.worker.ScriptedWorker.Fault;

/** Real processes that do as they should, or otherwise. */
class WorkerEvaluatorIT {

  /** As long as a process may take to start on a busy machine. */
  private static final int SILENCE = 15;

  private static final int EXAMPLES = 20;

  /** The tokens of a text: two stretches, and a part of a third. */
  private static final int MOST = 40;

  private static final Mixture BOTH = Mixture.parse("a+b");

  private static final ExampleRange ALL = ExampleRange.all(EXAMPLES);

  @TempDir private Path folder;

  private Path shared;
  private HuggingFaceRun run;
  private Set<ProcessHandle> others;

  @BeforeEach
  void prepare() throws Exception {
    others = ProcessHandle.current().children().collect(Collectors.toSet());
    shared = Files.createDirectory(folder.resolve("shared"));
    run = HuggingFaceRun.of(folder.resolve("inputs"));
  }

  @Test
  void scoresWhatIsInSharedMemoryNow() {
    try (WorkerEvaluator worker = open(Fault.NONE)) {
      double[] base = scores(worker, ALL);
      fill(worker, run.expert(HuggingFaceRun.WHOLE));
      double[] expert = scores(worker, ALL);
      fill(worker, run.base());

      assertThat(scores(worker, ALL)).isEqualTo(base).hasSize(EXAMPLES).isNotEqualTo(expert);
      assertThat(scores(worker, new ExampleRange(0, 2))).containsExactly(base[0], base[1]);
      assertThatThrownBy(() -> scores(worker, new ExampleRange(0, 7)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    try (WorkerEvaluator worker = open(Fault.NONE)) {
      scores(worker, ALL);
      onlyChild();
      assertThat(shared).as("what is in use has no name").isEmptyDirectory();
    }
    awaitEnd();
  }

  @ParameterizedTest
  @CsvSource({
    "DIES, 'ended with code 139, by signal 11', a kernel launch failed",
    "KILLED_WHILE_COPYING, 'ended with code 137, by signal 9', the worker begins",
    "SAYS_GARBAGE, 'said what is no answer: Loading weights: 100%', the worker begins",
    "PRINTS_BEFORE, said what is no answer, the worker begins",
    "ANSWERS_ANOTHER, answered something else than it was asked, the worker begins",
    "ANSWERS_TOO_FEW, answered 19 numbers for 20 windows, the worker begins",
    "ANSWERS_TEXT, 'answered what is no number: \"much\"', the worker begins",
    "HAS_NO_MEMORY, answered OutOfMemoryError: CUDA out of memory, the worker begins"
  })
  void saysWhatAWorkerDidWrongly(Fault fault, String what, String lastWords) throws Exception {
    try (WorkerEvaluator worker = open(fault)) {
      UserException told = catchThrowableOfType(UserException.class, () -> scores(worker, ALL));

      assertThat(told.exitCode()).isEqualTo(ExitCode.INPUT);
      assertThat(told.problems().get(0).what()).contains("The worker").contains(what);
      assertThat(told.problems().get(0).remedy()).contains(lastWords);
    }
    awaitEnd();
  }

  @Test
  void takesNothingForWhatIsNoNumber() {
    try (WorkerEvaluator worker = open(Fault.ANSWERS_NO_NUMBER)) {
      double[] scores = scores(worker, ALL);

      assertThat(scores[0]).isNaN();
      assertThat(scores[1]).isFinite();
    }
  }

  /** All stretches of a text, of which the first are short. */
  @Test
  void takesNothingForWhatIsWrittenByNoNumber() {
    try (WorkerEvaluator worker = open(Fault.WRITES_NOTHING)) {
      assertThat(lengths(worker)).containsOnly(Double.NaN).hasSize(EXAMPLES);
    }
    try (WorkerEvaluator worker = open(Fault.NONE)) {
      assertThat(lengths(worker)).containsOnly(MOST).hasSize(EXAMPLES);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"WRITES_TOO_LITTLE", "WRITES_BEYOND_AN_END"})
  void refusesATextThatEndsWhereNoneDoes(Fault fault) throws Exception {
    try (WorkerEvaluator worker = open(fault)) {
      assertThatThrownBy(() -> lengths(worker))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("wrote neither 8 tokens nor up to the first that ends a text");
    }
    awaitEnd();
  }

  @ParameterizedTest
  @CsvSource({
    "DIES_AT_OPEN, ended with code 1, no module named torch",
    "FEWER_TENSORS, 'took 33 tensors, but the base has 34', ''",
    "NO_VERSIONS, told no versions, ''",
    "OTHER_PROTOCOL, this is protocol 7, ''"
  })
  void refusesAWorkerThatIsNotWhatItMustBe(Fault fault, String what, String lastWords)
      throws Exception {
    UserException told = catchThrowableOfType(UserException.class, () -> open(fault));

    assertThat(told.problems().get(0).message()).contains(what).contains(lastWords);
    assertThat(shared).isEmptyDirectory();
    awaitEnd();
  }

  @Test
  void refusesOtherVersionsThanTheRunBeganWith() {
    assertThatThrownBy(
            () -> open(settings(command(Fault.NONE)), new TreeMap<>(Map.of("scripted", "2"))))
        .hasMessageContaining("{scripted=1}, but the run began with {scripted=2}");
  }

  /** Of an adapter, and of an expert that has no factors. */
  @Test
  void scoresWhatAWorkerAddsToTheBaseAndTheSameAfterAnotherModel() {
    try (Checkpoint base = Checkpoints.open(run.base());
        Delta adapter = delta(base, HuggingFaceRun.ADAPTER);
        Delta whole = delta(base, HuggingFaceRun.WHOLE)) {
      PreparedExperts experts = prepared(base, adapter, whole);
      FactoredExperts factors = FactoredExperts.of(experts);
      try (WorkerEvaluator worker = open(Fault.NONE, base, factors)) {
        Merger folding = new FoldingMerger(factors, worker.target());
        double[] start = scores(worker, ALL);
        double[] both = merged(folding, worker, BOTH);
        double[] one = merged(folding, worker, Mixture.parse("a"));
        assertThat(worker.target().contents().state()).as("nothing was written").isEqualTo(1);

        assertThat(merged(folding, worker, BOTH)).isEqualTo(both).isNotEqualTo(one);
        assertThat(merged(new PrefixMerger(experts, 0), worker, BOTH))
            .containsExactly(both, within(2e-6));
        fill(worker, run.expert(HuggingFaceRun.WHOLE));
        scores(worker, ALL);
        assertThat(merged(folding, worker, BOTH)).isEqualTo(both);
        assertThat(merged(folding, worker, Mixture.none())).isEqualTo(start);
        assertThat(shared).isEmptyDirectory();
      }
    }
  }

  @Test
  void refusesAWorkerThatDropsWhatAnExpertAdds() throws Exception {
    try (Checkpoint base = Checkpoints.open(run.base());
        Delta adapter = delta(base, HuggingFaceRun.ADAPTER);
        Delta whole = delta(base, HuggingFaceRun.WHOLE)) {
      FactoredExperts factors = FactoredExperts.of(prepared(base, adapter, whole));

      assertThatThrownBy(() -> open(Fault.FEWER_ADDENDS, base, factors))
          .hasMessageContaining(
              "took %s of the %s addends"
                  .formatted(factors.addends().size() - 1, factors.addends().size()));
    }
    assertThat(shared).isEmptyDirectory();
    awaitEnd();
  }

  private static double[] merged(Merger merger, WorkerEvaluator worker, Mixture mixture) {
    merger.merge(mixture, Optional.empty(), worker.target());
    return scores(worker, ALL);
  }

  private PreparedExperts prepared(Checkpoint base, Delta adapter, Delta whole) {
    return PreparedExperts.of(
        base,
        Map.of(
            "a", new PreparedExperts.Expert("a", adapter),
            "b", new PreparedExperts.Expert("b", whole)),
        RunPlan.method(run.configuration("merge.method=task-arithmetic")));
  }

  private Delta delta(Checkpoint base, String dataset) {
    return Delta.open(base, run.expert(dataset), ExpertPolicy.STRICT);
  }

  private WorkerEvaluator open(Fault fault, Checkpoint base, FactoredExperts factors) {
    return WorkerEvaluator.open(
        settings(command(fault)),
        ComputeDevice.CPU,
        work(base, run.base(), new TreeMap<>(Map.of("scripted", "1")), Optional.of(factors)));
  }

  @Test
  void noticesAWorkerThatIsKilledWhileIdle() throws Exception {
    try (WorkerEvaluator worker = open(Fault.NONE)) {
      ProcessHandle process = onlyChild();
      process.destroyForcibly();
      process.onExit().get(30, TimeUnit.SECONDS);

      assertThatThrownBy(() -> scores(worker, ALL))
          .hasMessageContaining("ended with code 137, by signal 9");
    }
  }

  /** Both at once, for each is waited for. */
  @Test
  void endsAWorkerThatIsStoppedAndOneThatHangs() throws Exception {
    try (WorkerEvaluator stopped = open(Fault.NONE)) {
      ProcessHandle process = onlyChild();
      signal("STOP", process);
      try (WorkerEvaluator hanging = open(Fault.HANGS)) {
        CompletableFuture<double[]> other =
            CompletableFuture.supplyAsync(() -> scores(hanging, ALL));

        assertThatThrownBy(() -> scores(stopped, ALL))
            .hasMessageContaining("made no progress in 15 seconds")
            .hasMessageContaining("the worker begins");
        assertThatThrownBy(() -> other.get(30, TimeUnit.SECONDS))
            .hasMessageContaining("made no progress in 15 seconds");
      }
    }
    awaitEnd();
  }

  @Test
  void saysThatACommandIsNotThere() {
    UserException told =
        catchThrowableOfType(UserException.class, () -> described(List.of("/no/such/worker")));

    assertThat(told.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(told.problems().get(0).message()).contains("/no/such/worker", "worker.command");
  }

  @Test
  void saysThatACommandIsNotExecutable() throws Exception {
    Path plain = Files.writeString(folder.resolve("plain"), "echo");

    assertThatThrownBy(() -> described(List.of(plain.toString())))
        .hasMessageContaining("Permission denied");
  }

  @Test
  void asksForVersions() {
    WorkerLaunch.Description described = described(command(Fault.NONE));

    assertThat(described.versions()).containsEntry("scripted", "1");
    assertThat(described.writes()).isTrue();
    assertThat(shared).isEmptyDirectory();
  }

  /** Its child ends with it, and there is nothing in shared memory but what has no name. */
  @Test
  void endsWithTheProcessThatStartedIt() throws Exception {
    Process owner =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                shared.toString(),
                run.base().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(owner.inputReader().readLine()).isEqualTo("open");
      ProcessHandle worker = owner.children().findFirst().orElseThrow();

      owner.destroyForcibly();

      worker.onExit().get(30, TimeUnit.SECONDS);
      assertThat(shared).isEmptyDirectory();
    } finally {
      owner.destroyForcibly();
    }
  }

  /** A file system in memory of its own, that is too small: what is said, and what is left. */
  @Test
  void saysThatSharedMemoryIsFullAndLeavesNothingInIt() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    Process process =
        new ProcessBuilder(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=64k tmpfs \"$0\" && exec \"$@\"",
                small.toString(),
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Filler.class.getName(),
                small.toString(),
                run.base().toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(said.contains(Filler.BEGUN), "This machine lets nobody mount memory: " + said);

    assertThat(said)
        .contains("The surrogate cannot be written into shared memory: No space left on device")
        .contains("worker.shared-memory")
        .contains("left: []");
  }

  /** Opens a worker where there is no room. */
  static final class Filler {

    static final String BEGUN = "mounted";

    private Filler() {}

    public static void main(String[] arguments) throws Exception {
      System.out.println(BEGUN);
      Path memory = Path.of(arguments[0]);
      try (Checkpoint base = Checkpoints.open(Path.of(arguments[1]))) {
        WorkerEvaluator.open(
            new WorkerSettings(
                command(Fault.NONE),
                "",
                arguments[0],
                60,
                1,
                WorkerSettings.Network.NONE,
                WorkerSettings.Experts.MERGED),
            ComputeDevice.CPU,
            work(base, Path.of(arguments[1]), new TreeMap<>(Map.of("scripted", "1"))));
      } catch (UserException told) {
        System.out.println(told.getMessage());
      }
      try (var left = Files.list(memory)) {
        System.out.println("left: " + left.toList());
      }
    }
  }

  /** Opens a worker, and waits for ever. */
  static final class Owner {

    private Owner() {}

    public static void main(String[] arguments) throws Exception {
      try (Checkpoint base = Checkpoints.open(Path.of(arguments[1]))) {
        WorkerEvaluator.open(
            new WorkerSettings(
                command(Fault.NONE),
                "",
                arguments[0],
                60,
                1,
                WorkerSettings.Network.NONE,
                WorkerSettings.Experts.MERGED),
            ComputeDevice.CPU,
            work(base, Path.of(arguments[1]), new TreeMap<>(Map.of("scripted", "1"))));
        System.out.println("open");
        Thread.currentThread().join();
      }
    }
  }

  private WorkerLaunch.Description described(List<String> command) {
    return WorkerLaunch.describe(settings(command), new TreeMap<>());
  }

  private static List<String> command(Fault fault) {
    return ScriptedWorker.command(fault);
  }

  private WorkerEvaluator open(Fault fault) {
    return open(settings(command(fault)), new TreeMap<>(Map.of("scripted", "1")));
  }

  private WorkerEvaluator open(WorkerSettings settings, SortedMap<String, String> versions) {
    try (Checkpoint base = Checkpoints.open(run.base())) {
      return WorkerEvaluator.open(settings, ComputeDevice.CPU, work(base, run.base(), versions));
    }
  }

  private static WorkerEvaluator.Work work(
      Checkpoint base, Path path, SortedMap<String, String> versions) {
    return work(base, path, versions, Optional.empty());
  }

  private static WorkerEvaluator.Work work(
      Checkpoint base,
      Path path,
      SortedMap<String, String> versions,
      Optional<FactoredExperts> factors) {
    SortedMap<String, TaskQuestions> tasks =
        new TreeMap<>(Map.of("task", questions(), "written", written()));
    return new WorkerEvaluator.Work(
        path,
        base,
        new TreeMap<>(),
        Map.of(TaskSplit.SEARCH, tasks),
        4,
        Precision.FLOAT32,
        versions,
        factors);
  }

  private static TaskQuestions questions() {
    List<TaskExample> examples = new ArrayList<>();
    List<TokenWindow> windows = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      SortedMap<String, Double> weights = new TreeMap<>();
      LanguageModelling.KIND.measures().forEach(measure -> weights.put(measure.name(), 1.0));
      examples.add(new TaskExample(i, weights, new TreeMap<>()));
      windows.addAll(TokenWindow.of(i, new int[] {0, i + 1, 2, 3}, 8));
    }
    return new LikelihoodQuestions(LanguageModelling.KIND, examples, windows, 0);
  }

  /** Scored by how long what was written is. */
  private static TaskQuestions written() {
    List<TaskExample> examples = new ArrayList<>();
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      examples.add(new TaskExample(i, new TreeMap<>(Map.of("length", 1.0)), new TreeMap<>()));
      prompts.add(new int[] {256, 'a', 'b'});
    }
    return new WritingQuestions(
        (some, texts) ->
            new TreeMap<>(Map.of("length", texts.stream().mapToDouble(String::length).toArray())),
        examples,
        prompts,
        new TextEnding(List.of(), MOST),
        TokenizerSource.BYTES);
  }

  private static double[] lengths(WorkerEvaluator worker) {
    return worker.evaluate("written", TaskSplit.SEARCH, ALL).get("length");
  }

  private WorkerSettings settings(List<String> command) {
    return new WorkerSettings(
        command,
        "python3",
        shared.toString(),
        SILENCE,
        1,
        WorkerSettings.Network.NONE,
        WorkerSettings.Experts.MERGED);
  }

  private static double[] scores(WorkerEvaluator worker, ExampleRange range) {
    return worker.evaluate("task", TaskSplit.SEARCH, range).get("bits_per_byte");
  }

  private static void fill(WorkerEvaluator worker, Path model) {
    try (Checkpoint checkpoint = Checkpoints.open(model)) {
      worker.target().fill(checkpoint, model.toString());
    }
  }

  private ProcessHandle onlyChild() {
    List<ProcessHandle> all = children();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  /** Returns when no child is left; soon. */
  private void awaitEnd() throws Exception {
    for (ProcessHandle child : children()) {
      child.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  /** Those that this test started: this process may have started others for other tests. */
  private List<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(child -> !others.contains(child)).toList();
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }
}
