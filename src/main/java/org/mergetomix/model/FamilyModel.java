package org.mergetomix.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.family.Family;
import org.mergetomix.model.FamilyGraph.Gradients;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * A model of a known family in memory, whose weights are read and overwritten in place.
 *
 * <p>Weights are known by their names in the checkpoint; tied weights are one. What is written
 * shows in the next forward pass, rounded once where the precision is bfloat16. Owns its native
 * memory; not safe for use by several threads.
 */
public final class FamilyModel implements LanguageModel {

  /** Part of every evaluation's key: raised whenever losses would change. */
  public static final String VERSION = "family/1";

  /** Elements that are copied at a time. */
  private static final int CHUNK = 8192;

  private static final String REASON = "RuntimeError: ";

  private final Family family;
  private final Precision precision;
  private final FamilyGraph graph;
  private final SortedMap<String, TensorSpec> tensors = new TreeMap<>();
  private final SortedMap<String, NDArray> arrays = new TreeMap<>();
  private final SortedMap<String, NDArray> factors = new TreeMap<>();
  private final Map<String, NDArray> bound = new TreeMap<>();
  private final ParameterMemory memory;

  private FamilyModel(
      Family family, Precision precision, FamilyGraph graph, ParameterMemory.Access access) {
    this.family = family;
    this.precision = precision;
    this.graph = graph;
    family
        .tensors()
        .forEach(
            (name, shape) -> {
              NDArray array = graph.empty(shape, precision, graph.memory());
              tensors.put(name, new TensorSpec(name, precision.dtype(), shape));
              arrays.put(name, array);
              bound.put(family.graphName(name), array);
            });
    family.inputs().vectors().forEach((name, values) -> bound.put(name, vector(values)));
    this.memory =
        switch (access) {
          case DIRECT ->
              new ParameterMemory.Direct(arrays, precision, graph, ParameterMemory.Direct.VIEW);
          case STAGED -> new ParameterMemory.Staged(arrays, precision, graph, stage());
        };
    graph.bind(bound, family.inputs());
  }

  private NDArray vector(List<Float> values) {
    float[] elements = new float[values.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = values.get(i);
    }
    return graph.memory().create(elements);
  }

  private NDArray stage() {
    NDManager host = graph.memory().newSubManager(Device.cpu());
    return graph.empty(List.of(ParameterMemory.Staged.stretch(arrays)), precision, host);
  }

  /**
   * Makes room for a model; its weights are anything until they are written.
   *
   * @param family with the names of the checkpoint that is to fill it
   * @param device a usable one
   */
  public static FamilyModel open(Family family, Precision precision, ComputeDevice device) {
    ParameterMemory.Access access =
        device.gpu().isEmpty() ? ParameterMemory.Access.DIRECT : ParameterMemory.Access.STAGED;
    return open(family, precision, device, access);
  }

  static FamilyModel open(
      Family family, Precision precision, ComputeDevice device, ParameterMemory.Access access) {
    FamilyGraph graph = FamilyGraph.load(family.inputs().graph(), device);
    try {
      return new FamilyModel(family, precision, graph, access);
    } catch (RuntimeException | Error failure) {
      graph.close();
      throw failure;
    }
  }

  /** What the model is. */
  public Family family() {
    return family;
  }

  /** The weights by name, in the model's precision. */
  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  /**
   * The weights themselves, for training; they live as long as this model. In bfloat16, DJL must
   * not look at their elements.
   */
  @Override
  public SortedMap<String, NDArray> parameters() {
    return Collections.unmodifiableSortedMap(arrays);
  }

  /** The LoRA factors that were attached, float32, by their names; they live as long as this. */
  public SortedMap<String, NDArray> factors() {
    return Collections.unmodifiableSortedMap(factors);
  }

  @Override
  public boolean knows(String tensor) {
    return tensors.containsKey(family.canonical(tensor));
  }

  @Override
  public NDManager newScope() {
    return graph.memory().newSubManager();
  }

  @Override
  public List<Problem> mismatches(SortedMap<String, TensorSpec> checkpoint, String checkpointName) {
    return family.mismatches(checkpoint, checkpointName);
  }

  /**
   * Overwrites every weight with the checkpoint's, under either of its names where it is tied.
   *
   * @throws UserException if they do not match
   */
  @Override
  public void fill(Checkpoint checkpoint, String checkpointName) {
    UserException.inputIfAny(mismatches(checkpoint.tensors(), checkpointName));
    float[] chunk = new float[CHUNK];
    tensors.forEach(
        (name, tensor) -> {
          String stored =
              family.names(name).stream()
                  .filter(each -> checkpoint.tensors().containsKey(each))
                  .findFirst()
                  .orElseThrow();
          for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
            int length = (int) Math.min(CHUNK, tensor.elements() - offset);
            checkpoint.read(stored, offset, chunk, length);
            write(name, offset, chunk, length);
          }
        });
  }

  /**
   * Overwrites elements of a weight, under any of its names. What old checkpoints have among the
   * weights without being one is passed over.
   */
  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    if (tensors.containsKey(tensor) || !family.isBuffer(tensor)) {
      memory.write(family.canonical(tensor), offset, source, length);
    }
  }

  @Override
  public void set(String tensor, NDArray elements) {
    if (tensors.containsKey(tensor) || !family.isBuffer(tensor)) {
      NDArray array = arrays.get(family.canonical(tensor));
      try (NDArray whole = graph.elements(array, 0, array.size(), graph.memory())) {
        graph.store(whole, elements);
      }
    }
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    memory.read(family.canonical(tensor), offset, destination, length);
  }

  /**
   * Adds updates of linear layers, whose factors are zeros at first. They are float32 whatever the
   * precision is, so that only they need gradients. What was attached before stays.
   *
   * @throws UserException if the model has no such linear layer
   */
  public void attach(List<LowRankFactors> updates) {
    List<Problem> problems = new ArrayList<>();
    for (LowRankFactors update : updates) {
      if (!family.linear().contains(update.module() + ".weight")) {
        problems.add(
            new Problem(
                "A model of type %s has no linear layer %s"
                    .formatted(family.modelType(), update.module()),
                "",
                "Choose other target modules"));
      }
    }
    UserException.inputIfAny(problems);
    updates.forEach(this::attach);
    graph.bind(bound, family.inputs());
  }

  private void attach(LowRankFactors update) {
    List<Long> shape = family.tensors().get(update.module() + ".weight");
    boolean transposed = family.transposed().contains(update.module() + ".weight");
    long inputs = shape.get(transposed ? 0 : 1);
    long outputs = shape.get(transposed ? 1 : 0);
    NDArray down = graph.memory().zeros(new Shape(update.rank(), inputs));
    NDArray up = graph.memory().zeros(new Shape(outputs, update.rank()));
    factors.put(update.down(), down);
    factors.put(update.up(), up);
    bound.put(family.graphName(update.down()), down);
    bound.put(family.graphName(update.up()), up);
    bound.put(family.graphName(update.scaleName()), graph.memory().create((float) update.scale()));
  }

  /**
   * Runs the model without gradients.
   *
   * @param tokens int64 [batch, length]
   * @param scope where the result lives
   * @return float32 [batch, length, vocabulary]
   * @throws UserException if the model fails on them
   */
  public NDArray logits(NDArray tokens, NDManager scope) {
    return call("forward", Gradients.OFF, scope, tokens);
  }

  /**
   * Runs the model on texts that are padded on the left; otherwise as {@link #logits(NDArray,
   * NDManager)}. What stands at padding means nothing.
   *
   * @param mask int64 [batch, length], 0 at padding, otherwise 1
   */
  public NDArray logits(NDArray tokens, NDArray mask, NDManager scope) {
    return call("forward", Gradients.OFF, scope, tokens, mask);
  }

  /** Runs the model so that gradients can be taken; otherwise as {@link #logits}. */
  public NDArray logitsWithGradients(NDArray tokens, NDManager scope) {
    return call("forward", Gradients.ON, scope, tokens);
  }

  /**
   * The negative log likelihood of each target after the tokens up to its place. Logits are
   * computed for some hundred MB at a time, so a large vocabulary costs no more memory.
   *
   * @param tokens int64 [batch, length]
   * @param targets int64 [batch, length]; a negative one counts as 0
   * @return float32 [batch, length], in nats
   */
  @Override
  public NDArray losses(NDArray tokens, NDArray targets, NDManager scope) {
    return call("losses", Gradients.OFF, scope, tokens, targets);
  }

  /** As {@link #losses}, so that gradients can be taken. */
  @Override
  public NDArray lossesWithGradients(NDArray tokens, NDArray targets, NDManager scope) {
    return call("losses", Gradients.ON, scope, tokens, targets);
  }

  /** As of texts that are each alone; what stands at padding means nothing. */
  @Override
  public NDArray lossesWithGradients(
      NDArray tokens, NDArray targets, NDArray texts, NDManager scope) {
    return call("losses", Gradients.ON, scope, tokens, targets, texts);
  }

  /**
   * The mean of the last hidden states of a text's tokens, after the last norm.
   *
   * @param mask int64 [batch, length], 0 at padding, which is on the left
   * @return float32 [batch, width]
   */
  public NDArray meanHidden(NDArray tokens, NDArray mask, NDManager scope) {
    return call("mean_hidden", Gradients.OFF, scope, tokens, mask);
  }

  /**
   * Scores continuations of one context, which is read once.
   *
   * @param context at least one token
   * @param choices each at least one token
   */
  public List<ContinuationScore> continuations(int[] context, List<int[]> choices) {
    int length = choices.stream().mapToInt(choice -> choice.length).max().orElse(0);
    try (NDManager scope = newScope()) {
      NDArray scores =
          call(
              "continuations",
              Gradients.OFF,
              scope,
              TokenRows.of(scope, List.of(context), context.length, TokenRows.Side.RIGHT, 0),
              TokenRows.of(scope, choices, length, TokenRows.Side.RIGHT, 0));
      float[] told = scores.toFloatArray();
      List<ContinuationScore> results = new ArrayList<>();
      for (int row = 0; row < choices.size(); row++) {
        double sum = 0;
        boolean likeliest = true;
        for (int at = row * length; at < row * length + choices.get(row).length; at++) {
          sum += told[at];
          likeliest &= told[choices.size() * length + at] == 1;
        }
        results.add(new ContinuationScore(sum, likeliest));
      }
      return results;
    }
  }

  /**
   * Continues texts, all in one batch.
   *
   * @param prompts each at least one token
   * @return for each prompt the new tokens, up to and with the first one that ends it
   */
  public List<int[]> generate(List<int[]> prompts, GreedyDecoding decoding) {
    int length = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    try (NDManager scope = newScope()) {
      NDArray tokens =
          TokenRows.of(scope, prompts, length, TokenRows.Side.LEFT, decoding.padding());
      List<int[]> ones = prompts.stream().map(FamilyModel::ones).toList();
      NDArray mask = TokenRows.of(scope, ones, length, TokenRows.Side.LEFT, 0);
      NDArray produced = graph.generate(tokens, mask, decoding, scope);
      return decoding.texts(produced.toLongArray(), prompts.size());
    } catch (EngineException failure) {
      throw refused("prompts of up to %s tokens".formatted(length), failure);
    }
  }

  private static int[] ones(int[] prompt) {
    int[] ones = new int[prompt.length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private NDArray call(String method, Gradients gradients, NDManager scope, NDArray... inputs) {
    try {
      return graph.call(method, gradients, scope, inputs);
    } catch (EngineException failure) {
      throw refused("tokens of shape " + inputs[0].getShape(), failure);
    }
  }

  /** TorchScript tells where in the graph it failed and ends with why. */
  private UserException refused(String what, EngineException failure) {
    String message = String.valueOf(failure.getMessage());
    String reason =
        message
            .lines()
            .filter(line -> line.contains("Error: "))
            .reduce((first, last) -> last)
            .orElseGet(() -> message.lines().findFirst().orElse(""));
    String bare = reason.startsWith(REASON) ? reason.substring(REASON.length()) : reason;
    return UserException.input(
        "The model of type %s cannot process %s: %s".formatted(family.modelType(), what, bare),
        "",
        "Check that the context is within its %s positions and the tokenizer is the model's"
            .formatted(family.positions()),
        failure);
  }

  @Override
  public void close() {
    graph.close();
  }
}
