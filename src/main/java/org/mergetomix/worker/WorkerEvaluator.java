package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.Evaluator;
import org.mergetomix.evaluation.LikelihoodQuestions;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.folder.Companions;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.tensor.Checkpoint;

/**
 * Evaluates in a process beside this one: it reads the surrogate from shared memory and says how
 * likely each window is; what scores that makes is decided here, as for every engine. Owns the
 * process and the target.
 *
 * <p>A worker that dies, hangs or answers wrongly is ended, and whoever asked is told so; this
 * evaluator is of no use then.
 */
public final class WorkerEvaluator implements Evaluator {

  private static final String SURROGATE = "model.safetensors";

  private final SharedFolder folder;
  private final SharedFileTarget target;
  private final WorkerProcess process;
  private final SortedMap<String, LikelihoodQuestions> tasks;

  private WorkerEvaluator(
      SharedFolder folder,
      SharedFileTarget target,
      WorkerProcess process,
      SortedMap<String, LikelihoodQuestions> tasks) {
    this.folder = folder;
    this.target = target;
    this.process = process;
    this.tasks = tasks;
  }

  /**
   * What a worker works with.
   *
   * @param base where the base lies, with its configuration and tokenizer beside it
   * @param checkpoint the base, opened, which is the first surrogate
   * @param copies the second names of its tensors
   * @param tasks what is asked, by split and the task's id
   * @param batchSize windows evaluated at once
   * @param precision what it computes in
   * @param versions what it must be
   */
  public record Work(
      Path base,
      Checkpoint checkpoint,
      SortedMap<String, String> copies,
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks,
      int batchSize,
      Precision precision,
      SortedMap<String, String> versions) {}

  /**
   * Starts a worker and waits until it is ready.
   *
   * @param device the only one that it sees
   * @throws UserException if it cannot be started, does not answer, or is not what it must be; if
   *     shared memory has no room
   */
  public static WorkerEvaluator open(WorkerSettings settings, ComputeDevice device, Work work) {
    SharedFolder folder = SharedFolder.in(Path.of(settings.sharedMemory()));
    Optional<AutoCloseable> target = Optional.empty();
    Optional<AutoCloseable> process = Optional.empty();
    try {
      SharedFileTarget file =
          SharedFileTarget.create(
              folder.path().resolve(SURROGATE), work.checkpoint(), work.copies());
      target = Optional.of(file);
      folder.link(Companions.of(work.base()));
      WorkerProcess worker = WorkerLaunch.start(settings, folder, device);
      process = Optional.of(worker);
      WorkerEvaluator evaluator = new WorkerEvaluator(folder, file, worker, asked(work.tasks()));
      evaluator.prepare(settings, device, work);
      return evaluator;
    } catch (RuntimeException | Error failure) {
      process.ifPresent(started -> Closing.after(failure, started));
      target.ifPresent(created -> Closing.after(failure, created));
      Closing.after(failure, folder);
      throw failure;
    }
  }

  private static SortedMap<String, LikelihoodQuestions> asked(
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks) {
    SortedMap<String, LikelihoodQuestions> asked = new TreeMap<>();
    tasks.forEach(
        (split, questions) ->
            questions.forEach((id, question) -> asked.put(name(id, split), likelihoods(question))));
    return asked;
  }

  private static LikelihoodQuestions likelihoods(TaskQuestions questions) {
    if (questions instanceof LikelihoodQuestions likelihoods) {
      return likelihoods;
    }
    throw new IllegalArgumentException("A worker is only asked how likely texts are");
  }

  private static String name(String task, TaskSplit split) {
    return split.name().toLowerCase(Locale.ROOT) + "/" + task;
  }

  private void prepare(WorkerSettings settings, ComputeDevice device, Work work) {
    ObjectNode request =
        WorkerProcess.request("open")
            .put("protocol", WorkerProcess.PROTOCOL)
            .put("folder", folder.path().toString())
            .put("surrogate", SURROGATE)
            .put("digest", target.contents().digest())
            .put("batch", work.batchSize())
            .put("dtype", work.precision().key())
            .put("device", device.kind())
            .put("threads", settings.threads());
    ObjectNode files = request.putObject("tasks");
    int number = 0;
    for (Map.Entry<String, LikelihoodQuestions> task : tasks.entrySet()) {
      number++;
      String file = "task-%s.jsonl".formatted(number);
      WindowsFile.write(folder.path().resolve(file), task.getValue());
      files.putObject(task.getKey()).put("windows", file);
    }
    JsonNode answer = process.ask(request);
    if (answer.path("tensors").asLong() != target.tensors().size()) {
      throw process.failed(
          "took %s tensors, but the base has %s"
              .formatted(answer.path("tensors").asText("no"), target.tensors().size()));
    }
    SortedMap<String, String> versions = WorkerLaunch.versions(process, answer);
    if (!versions.equals(work.versions())) {
      throw process.failed("is %s, but the run began with %s".formatted(versions, work.versions()));
    }
    if (!answer.path("keep").asBoolean()) {
      folder.close();
    }
  }

  /** What is merged into. */
  public SharedFileTarget target() {
    return target;
  }

  @Override
  public SortedMap<String, double[]> evaluate(String task, TaskSplit split, ExampleRange range) {
    String name = name(task, split);
    LikelihoodQuestions questions =
        Optional.ofNullable(tasks.get(name))
            .orElseThrow(() -> new IllegalArgumentException("Unknown task: " + task));
    List<ExampleRange> blocks = Blocks.within(questions.size(), range);
    if (blocks.stream().mapToInt(ExampleRange::size).sum() != range.size()) {
      throw new IllegalArgumentException("Not whole blocks: " + range);
    }
    SharedFileTarget.Contents contents = target.contents();
    ObjectNode request =
        WorkerProcess.request("evaluate")
            .put("surrogate", contents.state())
            .put("digest", contents.digest())
            .put("task", name);
    ArrayNode ranges = request.putArray("blocks");
    blocks.forEach(block -> ranges.addArray().add(block.from()).add(block.to()));
    JsonNode answer = process.ask(request);
    var windows = questions.windows(range);
    return questions
        .scoring()
        .scores(
            questions.examples().subList(range.from(), range.to()),
            windows,
            numbers(answer.path("nats"), windows.size()));
  }

  /** Nothing in place of a number stands for one that is none. */
  private double[] numbers(JsonNode answer, int wanted) {
    if (answer.size() != wanted) {
      throw process.failed("answered %s numbers for %s windows".formatted(answer.size(), wanted));
    }
    double[] numbers = new double[wanted];
    for (int i = 0; i < wanted; i++) {
      JsonNode number = answer.get(i);
      if (!number.isNumber() && !number.isNull()) {
        throw process.failed("answered what is no number: " + number);
      }
      numbers[i] = number.isNull() ? Double.NaN : number.doubleValue();
    }
    return numbers;
  }

  @Override
  public void close() {
    Closing.all(List.of(process, target, folder));
  }
}
