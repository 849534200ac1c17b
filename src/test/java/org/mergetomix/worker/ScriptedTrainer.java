package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * A trainer that does as it is told without any learning: it moves every weight by what its rows
 * and steps come to. What it does wrongly, and whether once or always, is said to it.
 */
public final class ScriptedTrainer {

  /** What it does. */
  public enum Fault {
    NONE,
    NO_VERSIONS,
    FAILS,
    HANGS,
    STOPS_AT_ONCE,
    LEAVES_NO_RESULT,
    WRITES_GARBAGE,
    TELLS_ANOTHER_JOB,
    NAMES_A_FOLDER_OUTSIDE,
    WRITES_NO_MODEL,
    WRITES_OTHER_SHAPES,
    /** After half of the steps. */
    DIES,
    /** After half of the steps, having saved. */
    STOPS
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Path ADAPTER =
      Path.of("src", "test", "resources", "org", "mergetomix", "family", "llama-tied", "adapter")
          .toAbsolutePath();

  private final Fault fault;
  private final Path adapter;
  private final Path output;
  private final JsonNode job;

  private ScriptedTrainer(Fault fault, Path adapter, Path output, JsonNode job) {
    this.fault = fault;
    this.adapter = adapter;
    this.output = output;
    this.job = job;
  }

  /** The command of a trainer that does something wrongly each time. */
  public static List<String> command(Fault fault) {
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        ScriptedTrainer.class.getName(),
        fault.name(),
        ADAPTER.toString());
  }

  /**
   * The command of one that is the same, and does it once.
   *
   * @param once a file that is there when it was done
   */
  public static List<String> command(Path once) {
    List<String> command = new ArrayList<>(command(Fault.NONE));
    command.add(once.toString());
    return List.copyOf(command);
  }

  public static void main(String[] arguments) throws Exception {
    List<String> given = List.of(arguments);
    Fault fault = Fault.valueOf(given.get(0));
    if (given.contains("--versions")) {
      System.out.println("a library prints this");
      System.out.println(
          fault == Fault.NO_VERSIONS ? "{}" : "{\"versions\": {\"scripted\": \"1\"}}");
      return;
    }
    Path job = Path.of(given.get(given.indexOf("--job") + 1));
    Path output = Path.of(given.get(given.indexOf("--output") + 1));
    if (given.indexOf("--job") == 3) {
      Path once = Path.of(given.get(2));
      if (Files.exists(once)) {
        fault = Fault.valueOf(Files.readString(once));
        Files.delete(once);
      }
    }
    System.err.println("the trainer begins");
    new ScriptedTrainer(fault, Path.of(given.get(1)), output, JSON.readTree(job.toFile())).train();
  }

  private void train() throws Exception {
    if (fault == Fault.FAILS) {
      System.err.println("RuntimeError: out of memory");
      System.exit(3);
    }
    if (fault == Fault.STOPS_AT_ONCE) {
      System.exit(75);
    }
    if (fault == Fault.HANGS) {
      System.out.println("{\"event\": \"alive\", \"done\": 1}");
      System.in.read();
      System.exit(9);
    }
    Path saved = output.resolve("saved");
    int done = Files.exists(saved) ? Integer.parseInt(Files.readString(saved)) : 0;
    if (done > 0) {
      System.out.println("{\"event\": \"resume\", \"step\": " + done + "}");
    }
    int steps = job.path("training").path("steps").asInt();
    for (int step = done + 1; step <= steps; step++) {
      System.out.println("{\"event\": \"step\", \"step\": " + step + ", \"loss\": 2.5}");
      if (step == steps / 2 && fault == Fault.DIES) {
        Files.writeString(saved, Integer.toString(step));
        System.err.println("killed at step " + step);
        System.exit(137);
      }
      if (step == steps / 2 && fault == Fault.STOPS) {
        Files.writeString(saved, Integer.toString(step));
        System.exit(75);
      }
    }
    write(output.resolve("model"));
    if (fault == Fault.WRITES_GARBAGE) {
      Files.writeString(output.resolve("result.json"), "{\"job\": ");
    } else if (fault != Fault.LEAVES_NO_RESULT) {
      String digest = job.path("job").asText();
      Map<String, Object> result =
          Map.of(
              "job",
              fault == Fault.TELLS_ANOTHER_JOB ? "another" : digest,
              "model",
              fault == Fault.NAMES_A_FOLDER_OUTSIDE ? ".." : "model",
              "loss",
              2.5);
      Files.writeString(output.resolve("result.json"), JSON.writeValueAsString(result));
    }
  }

  private void write(Path model) throws IOException {
    Files.createDirectories(model);
    if (fault == Fault.WRITES_NO_MODEL) {
      Files.writeString(model.resolve("pytorch_model.bin"), "no tensors");
      return;
    }
    if (job.has("lora")) {
      for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
        Files.copy(adapter.resolve(file), model.resolve(file));
      }
      return;
    }
    float moved = moved();
    try (Checkpoint base = Checkpoints.open(Path.of(job.path("base").asText()))) {
      SortedMap<String, TensorSpec> tensors = new TreeMap<>();
      base.tensors().forEach((name, spec) -> tensors.put(name, written(spec)));
      TensorSource source =
          (tensor, offset, destination, length) -> {
            int there = (int) Math.min(length, base.tensors().get(tensor).elements() - offset);
            base.read(tensor, offset, destination, Math.max(0, there));
            for (int i = 0; i < length; i++) {
              destination[i] += moved;
            }
          };
      SafetensorsWriter.write(model.resolve("model.safetensors"), tensors, Map.of(), source);
    }
  }

  private TensorSpec written(TensorSpec spec) {
    List<Long> shape = new ArrayList<>(spec.shape());
    if (fault == Fault.WRITES_OTHER_SHAPES) {
      shape.set(0, shape.get(0) + 1);
    }
    return new TensorSpec(spec.name(), DType.F32, shape);
  }

  /** Depends on the rows and how many there are. */
  private float moved() throws IOException {
    String examples = Files.readString(Path.of(job.path("examples").asText()));
    return (examples.hashCode() & 0xff) / 4096f;
  }
}
