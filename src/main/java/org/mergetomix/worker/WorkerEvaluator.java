package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.mergetomix.evaluation.Evaluator;
import org.mergetomix.evaluation.HarnessQuestions;
import org.mergetomix.evaluation.LikelihoodQuestions;
import org.mergetomix.evaluation.TaskQuestions;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.TextWriter;
import org.mergetomix.evaluation.WritingQuestions;
import org.mergetomix.evaluation.WritingTask;
import org.mergetomix.folder.Companions;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.GreedyDecoding;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.Measure;
import org.mergetomix.tensor.Checkpoint;

/**
 * Evaluates in a process beside this one: it reads the surrogate from shared memory, says how
 * likely each window is and what it writes behind a text; what scores that makes is decided here,
 * as for every engine. Scores of lm-eval's tasks it makes itself. Owns the process and the target.
 *
 * <p>A worker that dies, hangs or answers wrongly is ended, and whoever asked is told so; this
 * evaluator is of no use then.
 */
public final class WorkerEvaluator implements Evaluator {

  private static final String SURROGATE = "model.safetensors";

  private final SharedFolder folder;
  private final SharedFileTarget target;
  private final WorkerProcess process;
  private final SortedMap<String, TaskQuestions> tasks = new TreeMap<>();
  private final SortedMap<String, WritingTask> written = new TreeMap<>();

  private WorkerEvaluator(SharedFolder folder, SharedFileTarget target, WorkerProcess process) {
    this.folder = folder;
    this.target = target;
    this.process = process;
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
   * @param factors the experts, if they are given to it once
   */
  public record Work(
      Path base,
      Checkpoint checkpoint,
      SortedMap<String, String> copies,
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks,
      int batchSize,
      Precision precision,
      SortedMap<String, String> versions,
      Optional<FactoredExperts> factors) {}

  /**
   * Starts a worker and waits until it is ready.
   *
   * @param device the only one that it sees
   * @throws UserException if it cannot be started, does not answer, or is not what it must be; if
   *     shared memory has no room
   */
  public static WorkerEvaluator open(WorkerSettings settings, ComputeDevice device, Work work) {
    long begun = System.nanoTime();
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      SharedFolder folder = SharedFolder.in(Path.of(settings.sharedMemory()));
      opened.add(folder);
      SharedFileTarget target =
          SharedFileTarget.create(
              folder.path().resolve(SURROGATE), work.checkpoint(), work.copies());
      opened.add(target);
      folder.link(Companions.of(work.base()));
      WorkerProcess process = WorkerLaunch.start(settings, folder, device);
      WorkerEvaluator evaluator = new WorkerEvaluator(folder, target, process);
      opened.add(evaluator);
      evaluator.prepare(settings, device, work);
      WorkerMetrics.ofThisJvm().started(secondsSince(begun));
      return evaluator;
    } catch (RuntimeException | Error failure) {
      Collections.reverse(opened);
      opened.forEach(one -> Closing.after(failure, one));
      throw failure;
    }
  }

  private static double secondsSince(long nanoseconds) {
    return (System.nanoTime() - nanoseconds) / 1e9;
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
    ObjectNode asked = request.putObject("tasks");
    work.tasks()
        .forEach(
            (split, questions) ->
                questions.forEach((id, question) -> tasks.put(name(id, split), question)));
    tasks.forEach((name, questions) -> ask(asked, name, questions));
    long given = work.factors().map(experts -> give(request, experts)).orElse(0L);
    JsonNode answer = process.ask(request);
    if (answer.path("tensors").asLong() != target.tensors().size()) {
      throw process.failed(
          "took %s tensors, but the base has %s"
              .formatted(answer.path("tensors").asText("no"), target.tensors().size()));
    }
    long addends = work.factors().map(experts -> experts.addends().size()).orElse(0);
    if (answer.path("addends").asLong() != addends) {
      throw process.failed(
          "took %s of the %s addends of the experts"
              .formatted(answer.path("addends").asText("no"), addends));
    }
    SortedMap<String, String> versions = WorkerLaunch.versions(process, answer);
    if (!versions.equals(work.versions())) {
      throw process.failed("is %s, but the run began with %s".formatted(versions, work.versions()));
    }
    boolean keeps = answer.path("keep").asBoolean();
    if (!keeps) {
      folder.close();
    }
    // On a CPU its worker computes with the file itself; on a GPU with a copy.
    if (keeps || device.gpu().isEmpty()) {
      target.holdBeside(given);
    }
    tasks.forEach(
        (name, questions) -> {
          if (questions instanceof WritingQuestions writing) {
            written.put(name, WritingTask.of(new Writer(), writing, work.batchSize()));
          }
        });
  }

  /** Says how many bytes are given. */
  private long give(ObjectNode request, FactoredExperts experts) {
    request
        .putObject("factors")
        .put("tensors", FactorsFile.TENSORS)
        .put("addends", FactorsFile.ADDENDS);
    return FactorsFile.write(folder.path(), experts);
  }

  private void ask(ObjectNode asked, String name, TaskQuestions questions) {
    if (questions instanceof LikelihoodQuestions likelihoods) {
      String file = "task-%s.jsonl".formatted(asked.size());
      WindowsFile.write(folder.path().resolve(file), likelihoods);
      asked.putObject(name).put("windows", file);
    } else if (questions instanceof HarnessQuestions harness) {
      ObjectNode task = asked.putObject(name).put("digest", harness.contents().digest());
      HarnessMessages.ask(task.putObject("lm-eval"), harness.task());
      harness.context().ifPresent(context -> task.put("context", context));
      harness.documents().forEach(task.putArray("documents")::add);
    }
    // What is to be written is asked for beginning by beginning.
  }

  /** What is merged into. */
  public SharedFileTarget target() {
    return target;
  }

  @Override
  public SortedMap<String, double[]> evaluate(String task, TaskSplit split, ExampleRange range) {
    String name = name(task, split);
    if (written.containsKey(name)) {
      return written.get(name).scoresOf(range);
    }
    TaskQuestions questions =
        Optional.ofNullable(tasks.get(name))
            .orElseThrow(() -> new IllegalArgumentException("Unknown task: " + task));
    List<ExampleRange> blocks = Blocks.whole(questions.size(), range);
    ObjectNode request = ofSurrogate("evaluate").put("task", name);
    ArrayNode ranges = request.putArray("blocks");
    blocks.forEach(block -> ranges.addArray().add(block.from()).add(block.to()));
    JsonNode answer = answer(request);
    return questions instanceof LikelihoodQuestions likelihoods
        ? scores(likelihoods, range, answer)
        : scores((HarnessQuestions) questions, range, answer.path("measures"));
  }

  /** The answer to a request, with what it took, as far as that is told. */
  private JsonNode answer(ObjectNode request) {
    JsonNode answer = process.ask(request);
    JsonNode times = answer.path("times");
    WorkerMetrics.ofThisJvm()
        .answered(times.path("copy").asDouble(), times.path("score").asDouble());
    return answer;
  }

  /** A request of the surrogate as it is now. */
  private ObjectNode ofSurrogate(String operation) {
    long begun = System.nanoTime();
    SharedFileTarget.Contents contents = target.contents();
    WorkerMetrics.ofThisJvm().digested(secondsSince(begun));
    ObjectNode request =
        WorkerProcess.request(operation)
            .put("surrogate", contents.state())
            .put("digest", contents.digest());
    if (!target.scalars().isEmpty()) {
      target.scalars().forEach(request.putObject("scalars")::put);
    }
    return request;
  }

  private SortedMap<String, double[]> scores(
      LikelihoodQuestions questions, ExampleRange range, JsonNode answer) {
    var windows = questions.windows(range);
    return questions
        .scoring()
        .scores(
            questions.examples().subList(range.from(), range.to()),
            windows,
            numbers(answer.path("nats"), windows.size(), "windows"));
  }

  private SortedMap<String, double[]> scores(
      HarnessQuestions questions, ExampleRange range, JsonNode measures) {
    SortedMap<String, double[]> scores = new TreeMap<>();
    for (Measure measure : questions.contents().measures()) {
      String name = measure.name();
      scores.put(name, numbers(measures.path(name), range.size(), "examples in " + name));
    }
    return scores;
  }

  /** Nothing in place of a number stands for one that is none. */
  private double[] numbers(JsonNode answer, int wanted, String what) {
    if (answer.size() != wanted) {
      throw process.failed("answered %s numbers for %s %s".formatted(answer.size(), wanted, what));
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

  /** The process, as it goes on with texts. Nothing in place of tokens is no number. */
  private final class Writer implements TextWriter {

    private boolean numbers = true;

    @Override
    public List<int[]> write(List<int[]> begun, GreedyDecoding decoding) {
      ObjectNode request = ofSurrogate("write").put("padding", decoding.padding());
      request.put("most", decoding.most());
      decoding.stop().forEach(request.putArray("endings")::add);
      ArrayNode rows = request.putArray("begun");
      begun.forEach(tokens -> IntStream.of(tokens).forEach(rows.addArray()::add));
      JsonNode answer = answer(request).path("written");
      if (answer.size() != begun.size()) {
        throw process.failed(
            "wrote %s texts behind %s beginnings".formatted(answer.size(), begun.size()));
      }
      List<int[]> texts = new ArrayList<>();
      for (JsonNode text : answer) {
        numbers = numbers && !text.isNull();
        texts.add(text.isNull() ? nothing(decoding) : tokens(text, decoding));
      }
      return texts;
    }

    /** As long as what a model writes that goes on. */
    private static int[] nothing(GreedyDecoding decoding) {
      int[] tokens = new int[decoding.most()];
      Arrays.fill(tokens, decoding.padding());
      return tokens;
    }

    private int[] tokens(JsonNode text, GreedyDecoding decoding) {
      int most = decoding.most();
      int[] tokens = new int[text.size()];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = text.get(i).isInt() ? text.get(i).intValue() : -1;
      }
      if (tokens.length < 1 || tokens.length > most || IntStream.of(tokens).anyMatch(t -> t < 0)) {
        throw process.failed("wrote what are not 1 to %s tokens: %s".formatted(most, text));
      }
      int end = 0;
      while (end < tokens.length - 1 && !decoding.stop().contains(tokens[end])) {
        end++;
      }
      boolean ended = tokens.length == most || decoding.stop().contains(tokens[end]);
      if (end < tokens.length - 1 || !ended) {
        throw process.failed(
            "wrote neither %s tokens nor up to the first that ends a text: %s"
                .formatted(most, text));
      }
      return tokens;
    }

    @Override
    public boolean answersNumbers(int[] begun, int token) {
      boolean answered = numbers;
      numbers = true;
      return answered;
    }
  }

  @Override
  public void close() {
    List<AutoCloseable> all = new ArrayList<>(written.values());
    all.addAll(List.of(process, target, folder));
    Closing.all(all);
  }
}
