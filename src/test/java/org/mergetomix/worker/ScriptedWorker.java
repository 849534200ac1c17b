package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.tensor.Checkpoint;

/**
 * A worker that speaks the protocol and computes next to nothing: what it says of a window is the
 * mean magnitude of the surrogate's elements times the number of tokens asked for; the scores of a
 * task of lm-eval are that magnitude and an example's number, and what it writes is the letter that
 * the length of the beginning chooses. What it does wrongly, and whether once or always, is said to
 * it.
 */
final class ScriptedWorker {

  /** What it does at its first evaluation, or always. */
  enum Fault {
    NONE,
    OTHER_PROTOCOL,
    NO_VERSIONS,
    DOES_NOT_WRITE,
    TAKES_NO_FACTORS,
    KNOWS_NO_TASKS,
    WARNS,
    FEWER_TENSORS,
    FEWER_ADDENDS,
    DIES_AT_OPEN,
    DIES,
    KILLED_WHILE_COPYING,
    HANGS,
    SAYS_GARBAGE,
    PRINTS_BEFORE,
    ANSWERS_ANOTHER,
    ANSWERS_TOO_FEW,
    ANSWERS_TEXT,
    ANSWERS_NO_NUMBER,
    WRITES_NOTHING,
    WRITES_TOO_LITTLE,
    WRITES_BEYOND_AN_END,
    HAS_NO_MEMORY
  }

  /** The task of lm-eval that it knows. */
  static final String TASK = "scripted_task";

  static final String ACC = "acc,none";
  static final String PERPLEXITY = "word_perplexity,none";

  /** How many examples that has. */
  static final int EXAMPLES = 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fault fault;
  private final Path once;
  private Path surrogate = Path.of("");
  private final Map<String, List<JsonNode>> windows = new HashMap<>();
  private final Map<String, JsonNode> documents = new HashMap<>();
  private final List<Addend> addends = new ArrayList<>();

  /** What an expert adds to a tensor from one of its elements on, all of it. */
  private record Addend(String expert, String tensor, int first, List<Double> elements) {}

  private ScriptedWorker(Fault fault, Path once) {
    this.fault = fault;
    this.once = once;
  }

  /** The command of a worker that does something wrongly each time. */
  static List<String> command(Fault fault) {
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        ScriptedWorker.class.getName(),
        fault.name());
  }

  /**
   * The same for one that does it once.
   *
   * @param once a file that is there when it was done
   */
  static List<String> command(Fault fault, Path once) {
    List<String> command = new ArrayList<>(command(fault));
    command.add(once.toString());
    return command;
  }

  public static void main(String[] arguments) throws Exception {
    System.err.println("the worker begins");
    ScriptedWorker worker =
        new ScriptedWorker(
            Fault.valueOf(arguments[0]), Path.of(arguments.length > 1 ? arguments[1] : ""));
    BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    Thread listener = new Thread(() -> listen(requests));
    listener.setDaemon(true);
    listener.start();
    while (true) {
      JsonNode request = JSON.readTree(requests.take());
      ObjectNode answer = JSON.createObjectNode().put("id", request.path("id").asInt());
      switch (request.path("op").asText()) {
        case "describe" -> worker.describe(request, answer);
        case "open" -> worker.open(request, answer);
        case "evaluate" -> worker.evaluate(request, answer);
        case "write" -> worker.write(request, answer);
        default -> System.exit(0);
      }
      System.out.println(answer);
    }
  }

  /** It ends when its input does, whatever it does. */
  private static void listen(BlockingQueue<String> requests) {
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        requests.add(line);
      }
    } catch (IOException ended) {
      // So does this.
    }
    Runtime.getRuntime().halt(3);
  }

  private void describe(JsonNode request, ObjectNode answer) {
    if (fault == Fault.OTHER_PROTOCOL) {
      answer.put("ok", false).put("kind", "ValueError").put("error", "this is protocol 7");
      return;
    }
    answer.put("ok", true).put("writes", fault != Fault.DOES_NOT_WRITE);
    answer.put("factors", fault != Fault.TAKES_NO_FACTORS);
    if (fault == Fault.WARNS) {
      answer.putArray("warnings").add("torch is 7, and 2 was tested");
    }
    if (fault != Fault.NO_VERSIONS) {
      answer.putObject("versions").put("scripted", "1");
    }
    if (request.has("tasks") && fault != Fault.KNOWS_NO_TASKS) {
      ObjectNode tasks = answer.putObject("tasks");
      request
          .path("tasks")
          .fields()
          .forEachRemaining(
              task -> describe(task.getValue().path("task").asText(), tasks, task.getKey()));
    }
  }

  /** A task of lm-eval with twenty examples and two measures; of the second, they count 1 to 20. */
  private static void describe(String name, ObjectNode tasks, String id) {
    ObjectNode task = tasks.putObject(id);
    if (!name.equals(TASK)) {
      task.put("problem", "lm-eval knows no task " + name).put("remedy", "Is it one of " + TASK);
      return;
    }
    task.put("version", "scripted=1").put("digest", "d1").put("examples", EXAMPLES);
    ObjectNode measures = task.putObject("measures");
    measures.putObject(ACC).put("higher", true).put("aggregate", "mean");
    ObjectNode perplexity = measures.putObject(PERPLEXITY);
    perplexity.put("higher", false).put("aggregate", "exp-of-mean");
    IntStream.rangeClosed(1, EXAMPLES).forEach(perplexity.putArray("weights")::add);
    task.putObject("refused").put("bleu,none", "is of all examples together (bleu)");
  }

  private void open(JsonNode request, ObjectNode answer) throws IOException {
    if (fault == Fault.DIES_AT_OPEN) {
      System.err.println("no module named torch");
      System.exit(1);
    }
    Path folder = Path.of(request.path("folder").asText());
    // The file has no name soon, but this one.
    FileChannel opened = FileChannel.open(folder.resolve(request.path("surrogate").asText()));
    surrogate = open(opened);
    for (var task : request.path("tasks").properties()) {
      if (task.getValue().has("lm-eval")) {
        documents.put(task.getKey(), task.getValue().path("documents"));
        continue;
      }
      List<JsonNode> asked = new ArrayList<>();
      Path file = folder.resolve(task.getValue().path("windows").asText());
      for (String line : Files.readAllLines(file)) {
        asked.add(JSON.readTree(line));
      }
      windows.put(task.getKey(), asked);
    }
    if (request.has("factors")) {
      readAddends(folder, request.path("factors"));
    }
    long tensors = tensors();
    describe(JSON.createObjectNode(), answer);
    answer.put("tensors", fault == Fault.FEWER_TENSORS ? tensors - 1 : tensors);
    answer.put("addends", addends.size() - (fault == Fault.FEWER_ADDENDS ? 1 : 0));
  }

  private void readAddends(Path folder, JsonNode files) throws IOException {
    try (Checkpoint stored = Checkpoints.open(folder.resolve(files.path("tensors").asText()))) {
      for (String line : Files.readAllLines(folder.resolve(files.path("addends").asText()))) {
        JsonNode addend = JSON.readTree(line);
        double[] elements =
            addend.has("elements")
                ? elements(stored, addend.path("elements").asText())
                : product(stored, addend.path("left").asText(), addend.path("right").asText());
        double scale = addend.path("scale").asDouble();
        addends.add(
            new Addend(
                addend.path("expert").asText(),
                addend.path("tensor").asText(),
                addend.path("first").asInt(),
                DoubleStream.of(elements).map(each -> scale * each).boxed().toList()));
      }
    }
  }

  private static double[] elements(Checkpoint stored, String tensor) {
    float[] floats = new float[(int) stored.tensors().get(tensor).elements()];
    stored.read(tensor, 0, floats, floats.length);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  private static double[] product(Checkpoint stored, String left, String right) {
    double[] tall = elements(stored, left);
    double[] wide = elements(stored, right);
    int rows = stored.tensors().get(left).shape().get(1).intValue();
    int columns = stored.tensors().get(right).shape().get(1).intValue();
    double[] product = new double[rows * columns];
    for (int k = 0; k < tall.length / rows; k++) {
      for (int i = 0; i < product.length; i++) {
        product[i] += tall[k * rows + i / columns] * wide[k * columns + i % columns];
      }
    }
    return product;
  }

  /** By the descriptor, of which this process has only a few. */
  private static Path open(FileChannel channel) throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).toString().endsWith(".safetensors")
                      && channel.isOpen();
                } catch (IOException gone) {
                  return false;
                }
              })
          .findFirst()
          .orElseThrow();
    }
  }

  private long tensors() {
    try (Checkpoint checkpoint = Checkpoints.open(surrogate)) {
      return checkpoint.tensors().size();
    }
  }

  private double magnitude(JsonNode scalars) {
    double sum = 0;
    long count = 0;
    try (Checkpoint checkpoint = Checkpoints.open(surrogate)) {
      for (String tensor : checkpoint.tensors().keySet()) {
        double[] elements = elements(checkpoint, tensor);
        for (Addend addend : addends) {
          double scalar = scalars.path(addend.expert()).asDouble();
          for (int i = 0; addend.tensor().equals(tensor) && i < addend.elements().size(); i++) {
            elements[addend.first() + i] += scalar * addend.elements().get(i);
          }
        }
        for (double element : elements) {
          sum += Math.abs((float) element);
        }
        count += elements.length;
      }
    }
    return sum / count;
  }

  private void write(JsonNode request, ObjectNode answer) {
    ArrayNode written = answer.put("ok", true).putArray("written");
    for (JsonNode begun : request.path("begun")) {
      if (fault == Fault.WRITES_NOTHING) {
        written.addNull();
        continue;
      }
      ArrayNode tokens = written.addArray();
      for (int i = 0; i < request.path("most").asInt(); i++) {
        tokens.add(2 + begun.size() % 26);
      }
      if (fault == Fault.WRITES_TOO_LITTLE) {
        tokens.remove(0);
      } else if (fault == Fault.WRITES_BEYOND_AN_END) {
        tokens.set(0, request.path("endings").get(0));
      }
    }
  }

  private void measures(JsonNode request, ObjectNode answer, double magnitude) {
    ObjectNode measures = answer.putObject("measures");
    ArrayNode acc = measures.putArray(ACC);
    ArrayNode perplexity = measures.putArray(PERPLEXITY);
    JsonNode numbers = documents.get(request.path("task").asText());
    for (JsonNode block : request.path("blocks")) {
      for (int i = block.get(0).asInt(); i < block.get(1).asInt(); i++) {
        acc.add(magnitude + numbers.get(i).asInt());
        perplexity.add(magnitude);
      }
    }
  }

  private void evaluate(JsonNode request, ObjectNode answer) throws Exception {
    boolean always = once.toString().isEmpty();
    boolean wrong = always || !Files.exists(once);
    if (!always && wrong) {
      Files.createFile(once);
    }
    Fault now = wrong ? fault : Fault.NONE;
    answer.put("ok", true);
    if (now == Fault.KILLED_WHILE_COPYING) {
      try (Checkpoint checkpoint = Checkpoints.open(surrogate)) {
        checkpoint.read(checkpoint.tensors().firstKey(), 0, new float[1], 1);
        new ProcessBuilder("kill", "-KILL", String.valueOf(ProcessHandle.current().pid())).start();
        new CountDownLatch(1).await();
      }
    }
    double magnitude = magnitude(request.path("scalars"));
    if (documents.containsKey(request.path("task").asText())) {
      measures(request, answer, magnitude);
      return;
    }
    var nats = answer.putArray("nats");
    for (JsonNode block : request.path("blocks")) {
      for (JsonNode window : windows.getOrDefault(request.path("task").asText(), List.of())) {
        int example = window.path("example").asInt();
        if (example >= block.get(0).asInt() && example < block.get(1).asInt()) {
          int asked = 0;
          for (JsonNode range : window.path("asked")) {
            asked += range.get(1).asInt() - range.get(0).asInt();
          }
          nats.add(magnitude * asked);
        }
      }
    }
    switch (now) {
      case DIES -> {
        System.err.println("a kernel launch failed");
        Runtime.getRuntime().halt(139);
      }
      case HANGS -> new CountDownLatch(1).await();
      case SAYS_GARBAGE -> {
        System.out.println("Loading weights: 100%");
        System.out.flush();
      }
      case PRINTS_BEFORE -> System.out.println();
      case ANSWERS_ANOTHER -> answer.put("id", request.path("id").asInt() - 1);
      case ANSWERS_TOO_FEW -> nats.remove(0);
      case ANSWERS_TEXT -> nats.insert(0, "much").remove(1);
      case ANSWERS_NO_NUMBER -> nats.insertNull(0).remove(1);
      case HAS_NO_MEMORY ->
          answer
              .put("ok", false)
              .put("kind", "OutOfMemoryError")
              .put("error", "CUDA out of memory");
      default -> {}
    }
  }
}
