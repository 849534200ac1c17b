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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.family.PackedExperts;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.WrapperNames;

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

  /** The graph's name of each parameter, without what wrappers put into it. */
  private final Map<String, String> bare = new HashMap<>();

  /** The parameters that each tensor of a checkpoint is, as they came. */
  private final Map<String, List<String>> called = new HashMap<>();

  /** What tensors of experts are made of that the graph has in another layout, as they came. */
  private final Map<String, Optional<PackedExperts.Made>> made = new HashMap<>();

  private LiveModel(Path graph, Model model, ParameterMemory.Access access, List<TiedNames> tied) {
    this.graph = graph;
    this.model = model;
    this.tied = List.copyOf(tied);
    this.parameters = new LiveParameters(model.getBlock(), graph, access, model.getNDManager());
    tensors().keySet().forEach(name -> bare.put(WrapperNames.takenOff(name), name));
    if (bare.size() < tensors().size()) {
      // Without what looks like a wrapper two were one.
      bare.clear();
      tensors().keySet().forEach(name -> bare.put(name, name));
    }
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
    return !called(tensor).isEmpty() || made(tensor).isPresent();
  }

  /** The parameters that a tensor of a checkpoint is, mostly one. */
  private List<String> called(String tensor) {
    return called.computeIfAbsent(
        tensor, name -> names(name).filter(each -> tensors().containsKey(each)).toList());
  }

  private Optional<PackedExperts.Made> made(String tensor) {
    return made.computeIfAbsent(tensor, name -> PackedExperts.made(name, tensors()));
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
              Optional<Stored> given = stored(name, checkpoint);
              if (given.isEmpty()) {
                problems.add(
                    new Problem(
                        "Tensor " + name + " of the model is missing", checkpointName, remedy));
              } else if (!given.get().shape().equals(parameter.shape())) {
                problems.add(
                    new Problem(
                        "Tensor %s has shape %s, but the model's parameter has %s"
                            .formatted(given.get().name(), given.get().shape(), parameter.shape()),
                        checkpointName,
                        remedy));
              }
            });
    for (String name : checkpoint.keySet()) {
      if (!knows(name) && !KnownBuffers.include(checkpoint.get(name))) {
        problems.add(
            new Problem(
                "Tensor " + name + " has no parameter in the model", checkpointName, remedy));
      }
    }
    return problems;
  }

  /** Where a checkpoint has a parameter of the model. */
  private record Stored(String name, List<Long> shape, Optional<PackedExperts.Made> made) {

    void read(Checkpoint checkpoint, long offset, float[] destination, int length) {
      if (made.isPresent()) {
        made.get().read(checkpoint, offset, destination, length);
      } else {
        checkpoint.read(name, offset, destination, length);
      }
    }
  }

  private Optional<Stored> stored(String parameter, SortedMap<String, TensorSpec> checkpoint) {
    return names(parameter)
        .flatMap(each -> Stream.ofNullable(checkpoint.get(each)))
        .findFirst()
        .map(spec -> new Stored(spec.name(), spec.shape(), Optional.empty()))
        .or(
            () ->
                PackedExperts.made(WrapperNames.takenOff(parameter), checkpoint)
                    .map(parts -> new Stored(parameter, parts.shape(), Optional.of(parts))));
  }

  /**
   * How many tokens this model tells apart, found by giving it some of a tokenizer's.
   *
   * @param context how many at once
   * @param vocabulary how many tokens the tokenizer has
   * @throws UserException if the model fails on them
   */
  public long tokensKnown(int context, int vocabulary) {
    try (NDManager scope = newScope()) {
      long[] tokens = new long[context];
      for (int i = 1; i < context; i++) {
        tokens[i] = (vocabulary - 1L) * i / (context - 1);
      }
      return logits(scope.create(tokens, new Shape(1, context)), scope).getShape().get(2);
    }
  }

  @Override
  public void fill(Checkpoint checkpoint, String checkpointName) {
    UserException.inputIfAny(mismatches(checkpoint.tensors(), checkpointName));
    float[] chunk = new float[CHUNK];
    tensors()
        .forEach(
            (name, tensor) -> {
              Stored stored = stored(name, checkpoint.tensors()).orElseThrow();
              for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
                int length = (int) Math.min(CHUNK, tensor.elements() - offset);
                stored.read(checkpoint, offset, chunk, length);
                parameters.write(name, offset, chunk, length);
              }
            });
  }

  /** A name, and then the others of the same tensor; each with wrappers and without. */
  private Stream<String> names(String name) {
    String inner = WrapperNames.takenOff(name);
    Stream<String> all =
        Stream.concat(
            Stream.of(name, inner), tied.stream().flatMap(pair -> pair.partner(inner).stream()));
    return all.flatMap(each -> Stream.of(each, bare.getOrDefault(each, each))).distinct();
  }

  /**
   * What is tied is written under all names that the graph has; mostly they are one memory. Buffers
   * that only the checkpoint has are passed over.
   */
  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    called(tensor).forEach(name -> parameters.write(name, offset, source, length));
    if (!called(tensor).isEmpty()) {
      return;
    }
    made(tensor)
        .ifPresent(
            parts ->
                parts.each(
                    offset,
                    length,
                    (name, at, from, count) ->
                        parameters.write(
                            name, at, Arrays.copyOfRange(source, from, from + count), count)));
  }

  @Override
  public void set(String tensor, NDArray elements) {
    if (called(tensor).isEmpty() && made(tensor).isPresent()) {
      float[] values = elements.toFloatArray();
      write(tensor, 0, values, values.length);
    }
    called(tensor).forEach(name -> parameters.set(name, elements));
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    List<String> known = called(tensor);
    if (known.isEmpty() && made(tensor).isPresent()) {
      made(tensor).get().read(parameters::read, offset, destination, length);
    } else {
      parameters.read(known.isEmpty() ? tensor : known.get(0), offset, destination, length);
    }
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

  /** A graph of somebody's own has no mask. */
  @Override
  public NDArray lossesWithGradients(
      NDArray tokens, NDArray targets, NDArray texts, NDManager scope) {
    throw UserException.usage(
        "The model is a graph of its own, which sees all texts of a row as one",
        "training.packing",
        "Set it to none, or give a base that is the folder of a known family");
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
          reason(failure).contains("elements in a list")
              ? "A trace keeps what its own tokens chose, as some experts of all: trace a mixture"
                  + " of experts with experts_implementation = batched_mm"
              : "Check that the context and the tokenizer in the manifest are the model's",
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
