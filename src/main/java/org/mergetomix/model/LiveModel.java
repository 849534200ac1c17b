package org.mergetomix.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.mergetomix.merge.SurrogateTarget;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * A TorchScript model in memory, whose float32 parameters are read and overwritten in place.
 *
 * <p>Tensors are known by their dotted PyTorch names, so a checkpoint fits a model when names and
 * shapes agree. What is written shows in the next forward pass: on the CPU parameters are written
 * through a view of their own memory, on a GPU a tensor arrives with its last element. Owns its
 * native memory; not safe for use by several threads.
 */
public final class LiveModel implements AutoCloseable, TensorSource, SurrogateTarget {

  static final String ENGINE = "PyTorch";

  /** Elements that are copied at a time. */
  private static final int CHUNK = 8192;

  private static final String REASON = "RuntimeError: ";

  private final Path graph;
  private final Model model;
  private final LiveParameters parameters;

  private LiveModel(Path graph, Model model, ParameterMemory.Access access) {
    this.graph = graph;
    this.model = model;
    this.parameters = new LiveParameters(model.getBlock(), graph, access, model.getNDManager());
  }

  /** Loads a TorchScript file onto the CPU, as {@link #load(Path, ComputeDevice)}. */
  public static LiveModel load(Path graph) {
    return load(graph, ComputeDevice.CPU);
  }

  /**
   * Loads a TorchScript file.
   *
   * @param device a usable one
   * @throws UserException if the file is missing, not readable, or not a TorchScript model with
   *     contiguous float32 parameters
   */
  public static LiveModel load(Path graph, ComputeDevice device) {
    ParameterMemory.Access access =
        device.gpu().isEmpty() ? ParameterMemory.Access.DIRECT : ParameterMemory.Access.STAGED;
    return load(graph, device, access);
  }

  static LiveModel load(Path graph, ComputeDevice device, ParameterMemory.Access access) {
    requireReadable(graph);
    NativeSettings.apply();
    Model model = Model.newInstance(graph.getFileName().toString(), device.device(), ENGINE);
    try {
      // Loaded for training, the parameters are plain tensors; otherwise libtorch forbids writing.
      model.load(graph, null, Map.of("trainParam", "true", "mapLocation", "true"));
      return new LiveModel(graph, model, access);
    } catch (IOException | MalformedModelException | EngineException failure) {
      model.close();
      throw UserException.input(
          "Not a TorchScript model",
          graph.toString(),
          "Export it with torch.jit.script or torch.jit.trace, then save",
          failure);
    } catch (RuntimeException | Error failure) {
      model.close();
      throw failure;
    }
  }

  private static void requireReadable(Path graph) {
    if (!Files.exists(graph)) {
      throw UserException.input(
          "Model not found", graph.toString(), "Correct its path in the manifest");
    }
    if (!Files.isRegularFile(graph)) {
      throw UserException.input(
          "The model is not a file", graph.toString(), "Give the TorchScript file itself");
    }
    if (!Files.isReadable(graph)) {
      throw UserException.input(
          "No permission to read the model",
          graph.toString(),
          "Give read permission to the user that runs this");
    }
  }

  /** The parameters by name, all float32. */
  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return parameters.tensors();
  }

  /** The parameters themselves, for training; they live as long as this model. */
  public SortedMap<String, NDArray> parameters() {
    return parameters.arrays();
  }

  /** A scope for what is computed on this model's device; the caller closes it. */
  public NDManager newScope() {
    return model.getNDManager().newSubManager();
  }

  /**
   * Which tensors of {@code checkpoint} do not fit this model: unknown ones, missing ones, other
   * shapes.
   */
  public List<Problem> mismatches(SortedMap<String, TensorSpec> checkpoint, String checkpointName) {
    List<Problem> problems = new ArrayList<>();
    String remedy = "Give the checkpoint that belongs to the model " + graph;
    tensors()
        .forEach(
            (name, parameter) -> {
              TensorSpec given = checkpoint.get(name);
              if (given == null) {
                problems.add(
                    new Problem(
                        "Tensor " + name + " of the model is missing", checkpointName, remedy));
              } else if (!given.shape().equals(parameter.shape())) {
                problems.add(
                    new Problem(
                        "Tensor %s has shape %s, but the model's parameter has %s"
                            .formatted(name, given.shape(), parameter.shape()),
                        checkpointName,
                        remedy));
              }
            });
    for (String name : checkpoint.keySet()) {
      if (!tensors().containsKey(name)) {
        problems.add(
            new Problem(
                "Tensor " + name + " has no parameter in the model", checkpointName, remedy));
      }
    }
    return problems;
  }

  @Override
  public void fill(Checkpoint checkpoint, String checkpointName) {
    UserException.inputIfAny(mismatches(checkpoint.tensors(), checkpointName));
    float[] chunk = new float[CHUNK];
    tensors()
        .forEach(
            (name, tensor) -> {
              for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
                int length = (int) Math.min(CHUNK, tensor.elements() - offset);
                checkpoint.read(name, offset, chunk, length);
                write(name, offset, chunk, length);
              }
            });
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    parameters.write(tensor, offset, source, length);
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    parameters.read(tensor, offset, destination, length);
  }

  /**
   * Runs the model without gradients.
   *
   * @param tokens int64 [batch, length]
   * @param scope where the result lives
   * @return float32 [batch, length, vocabulary]
   * @throws UserException if the model fails on them, or gives something else
   */
  public NDArray logits(NDArray tokens, NDManager scope) {
    return forward(tokens, scope, Gradients.OFF);
  }

  /** Runs the model so that gradients can be taken; otherwise as {@link #logits}. */
  public NDArray logitsWithGradients(NDArray tokens, NDManager scope) {
    return forward(tokens, scope, Gradients.ON);
  }

  private NDArray forward(NDArray tokens, NDManager scope, Gradients gradients) {
    // A result lives where its first input does, so the input moves into the scope first.
    NDArray input = tokens.duplicate();
    input.attach(scope);
    NDList results;
    try {
      results =
          model
              .getBlock()
              .forward(
                  new ParameterStore(scope, false), new NDList(input), gradients == Gradients.ON);
    } catch (EngineException failure) {
      throw UserException.input(
          "The model cannot process tokens of shape %s: %s"
              .formatted(tokens.getShape(), reason(failure)),
          graph.toString(),
          "Check that the context and the tokenizer in the manifest are the model's",
          failure);
    }
    NDArray logits = results.head();
    Shape shape = logits.getShape();
    if (shape.dimension() != 3 || !shape.slice(0, 2).equals(tokens.getShape())) {
      throw UserException.input(
          "The model gives %s for tokens %s, not [batch, length, vocabulary]"
              .formatted(shape, tokens.getShape()),
          graph.toString(),
          "Export a causal language model that returns its logits");
    }
    return logits;
  }

  /** TorchScript tells where in the graph it failed and ends with why; other failures begin so. */
  private static String reason(EngineException failure) {
    String message = String.valueOf(failure.getMessage());
    return message
        .lines()
        .filter(line -> line.startsWith(REASON))
        .reduce((first, last) -> last)
        .map(line -> line.substring(REASON.length()))
        .orElseGet(() -> message.lines().findFirst().orElse(""));
  }

  @Override
  public void close() {
    model.close();
  }

  private enum Gradients {
    ON,
    OFF
  }
}
