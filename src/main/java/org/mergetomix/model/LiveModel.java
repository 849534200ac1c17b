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
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * A TorchScript model in memory, whose float32 parameters are read and overwritten in place.
 *
 * <p>Tensors are known by their dotted PyTorch names, so a checkpoint fits a model when names and
 * shapes agree. What is written shows in the next forward pass: on the CPU parameters are written
 * through a view of their own memory, on a GPU a tensor arrives with its last element. Owns its
 * native memory; not safe for use by several threads.
 */
public final class LiveModel implements LanguageModel {

  static final String ENGINE = "PyTorch";

  /** Part of every evaluation's key: raised whenever losses would change. */
  public static final String VERSION = "torchscript/1";

  /** Elements that are copied at a time. */
  private static final int CHUNK = 8192;

  private static final String REASON = "RuntimeError: ";

  private final Path graph;
  private final Model model;
  private final LiveParameters parameters;
  private final List<TiedNames> tied;

  private LiveModel(Path graph, Model model, ParameterMemory.Access access, List<TiedNames> tied) {
    this.graph = graph;
    this.model = model;
    this.tied = List.copyOf(tied);
    this.parameters = new LiveParameters(model.getBlock(), graph, access, model.getNDManager());
  }

  /** Loads a TorchScript file onto the CPU, as {@link #load(Path, ComputeDevice)}. */
  public static LiveModel load(Path graph) {
    return load(graph, ComputeDevice.CPU);
  }

  /** Loads a TorchScript file without tied parameters; otherwise as below. */
  public static LiveModel load(Path graph, ComputeDevice device) {
    return load(graph, device, List.of());
  }

  /**
   * Loads a TorchScript file.
   *
   * @param device a usable one
   * @param tied names of one parameter each: a checkpoint may have either, or both
   * @throws UserException if the file is missing, not readable, or not a TorchScript model with
   *     contiguous float32 parameters
   */
  public static LiveModel load(Path graph, ComputeDevice device, List<TiedNames> tied) {
    ParameterMemory.Access access =
        device.gpu().isEmpty() ? ParameterMemory.Access.DIRECT : ParameterMemory.Access.STAGED;
    return load(graph, device, access, tied);
  }

  static LiveModel load(
      Path graph, ComputeDevice device, ParameterMemory.Access access, List<TiedNames> tied) {
    requireReadable(graph);
    NativeSettings.apply();
    Model model = Model.newInstance(graph.getFileName().toString(), device.device(), ENGINE);
    try {
      // Loaded for training, the parameters are plain tensors; otherwise libtorch forbids writing.
      model.load(graph, null, Map.of("trainParam", "true", "mapLocation", "true"));
      return new LiveModel(graph, model, access, tied);
    } catch (IOException | MalformedModelException | EngineException failure) {
      model.close();
      throw UserException.input(
          "Not a TorchScript model",
          graph.toString(),
          "Export it with torch.jit.script or torch.jit.trace, then save; what torch.export or"
              + " torch.save wrote is something else",
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

  @Override
  public SortedMap<String, NDArray> parameters() {
    Set<String> names = tensors().keySet();
    for (TiedNames pair : tied) {
      if (names.contains(pair.first()) && names.contains(pair.second())) {
        throw UserException.input(
            "The graph has the tied parameters %s and %s, and training would move each for itself"
                .formatted(pair.first(), pair.second()),
            graph.toString(),
            "Fine-tune elsewhere and give the experts, or give the base as a folder of a known"
                + " family");
      }
    }
    return parameters.arrays();
  }

  @Override
  public boolean knows(String tensor) {
    return names(tensor).anyMatch(each -> tensors().containsKey(each));
  }

  @Override
  public NDManager newScope() {
    return model.getNDManager().newSubManager();
  }

  @Override
  public List<Problem> mismatches(SortedMap<String, TensorSpec> checkpoint, String checkpointName) {
    List<Problem> problems = new ArrayList<>();
    String remedy = "Give the checkpoint that belongs to the model " + graph;
    tensors()
        .forEach(
            (name, parameter) -> {
              List<TensorSpec> given =
                  names(name).flatMap(each -> Stream.ofNullable(checkpoint.get(each))).toList();
              if (given.isEmpty()) {
                problems.add(
                    new Problem(
                        "Tensor " + name + " of the model is missing", checkpointName, remedy));
              } else if (!given.get(0).shape().equals(parameter.shape())) {
                problems.add(
                    new Problem(
                        "Tensor %s has shape %s, but the model's parameter has %s"
                            .formatted(
                                given.get(0).name(), given.get(0).shape(), parameter.shape()),
                        checkpointName,
                        remedy));
              }
            });
    for (String name : checkpoint.keySet()) {
      if (names(name).noneMatch(each -> tensors().containsKey(each))
          && !KnownBuffers.include(checkpoint.get(name))) {
        problems.add(
            new Problem(
                "Tensor " + name + " has no parameter in the model", checkpointName, remedy));
      }
    }
    return problems;
  }

  /**
   * What is wrong with giving a tokenizer's tokens to this model, found by giving it some.
   *
   * @param context how many at once
   * @param vocabulary how many tokens the tokenizer has
   * @throws UserException if the model fails on them
   */
  public List<Problem> tried(int context, int vocabulary) {
    try (NDManager scope = newScope()) {
      long[] tokens = new long[context];
      tokens[context - 1] = vocabulary - 1L;
      long known = logits(scope.create(tokens, new Shape(1, context)), scope).getShape().get(2);
      return known >= vocabulary
          ? List.of()
          : List.of(
              new Problem(
                  "The tokenizer has %s tokens, but the model tells apart only %s"
                      .formatted(vocabulary, known),
                  graph.toString(),
                  "Give the tokenizer that the model was trained with"));
    }
  }

  @Override
  public void fill(Checkpoint checkpoint, String checkpointName) {
    UserException.inputIfAny(mismatches(checkpoint.tensors(), checkpointName));
    float[] chunk = new float[CHUNK];
    tensors()
        .forEach(
            (name, tensor) -> {
              String stored =
                  names(name)
                      .filter(each -> checkpoint.tensors().containsKey(each))
                      .findFirst()
                      .orElseThrow();
              for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
                int length = (int) Math.min(CHUNK, tensor.elements() - offset);
                checkpoint.read(stored, offset, chunk, length);
                parameters.write(name, offset, chunk, length);
              }
            });
  }

  /** A name, and then the others of the same tensor. */
  private Stream<String> names(String name) {
    return Stream.concat(
        Stream.of(name), tied.stream().flatMap(pair -> pair.partner(name).stream()));
  }

  /**
   * What is tied is written under all names that the graph has; mostly they are one memory. Buffers
   * that only the checkpoint has are passed over.
   */
  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    names(tensor)
        .filter(each -> tensors().containsKey(each))
        .forEach(name -> parameters.write(name, offset, source, length));
  }

  @Override
  public void set(String tensor, NDArray elements) {
    names(tensor)
        .filter(each -> tensors().containsKey(each))
        .forEach(name -> parameters.set(name, elements));
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    String known =
        names(tensor).filter(each -> tensors().containsKey(each)).findFirst().orElse(tensor);
    parameters.read(known, offset, destination, length);
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

  @Override
  public NDArray losses(NDArray tokens, NDArray targets, NDManager scope) {
    return losses(logits(tokens, scope), targets);
  }

  @Override
  public NDArray lossesWithGradients(NDArray tokens, NDArray targets, NDManager scope) {
    return losses(logitsWithGradients(tokens, scope), targets);
  }

  private static NDArray losses(NDArray logits, NDArray targets) {
    NDArray places = targets.expandDims(2);
    places.attach(logits.getManager());
    return logits.logSoftmax(-1).gather(places, 2).squeeze(2).neg();
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
