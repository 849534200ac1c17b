package org.mergetomix.model;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mergetomix.family.GraphInputs;

/**
 * The TorchScript module of a family, from this project's own resources. It holds no weights: it
 * computes with those that it is bound to, which stay their owner's. Owns its native memory; one
 * thread at a time.
 *
 * <p>A bfloat16 array may pass through here, but nothing of DJL that looks at its elements: that
 * would end the process.
 */
final class FamilyGraph implements TensorPieces, AutoCloseable {

  private static final String ENGINE = "PyTorch";

  private final Model model;
  private final PtNDManager memory;
  private final PtSymbolBlock block;

  private FamilyGraph(Model model, PtSymbolBlock block) {
    this.model = model;
    this.memory = (PtNDManager) model.getNDManager();
    this.block = block;
  }

  /**
   * Loads a graph.
   *
   * @param name as {@link GraphInputs#graph()} says it
   */
  static FamilyGraph load(String name, ComputeDevice device) {
    NativeSettings.apply();
    Device place = device.gpu().map(Device::gpu).orElseGet(Device::cpu);
    Model model = Model.newInstance(name, place, ENGINE);
    try (InputStream graph = FamilyGraph.class.getResourceAsStream(name + ".pt")) {
      if (graph == null) {
        throw new IllegalStateException("There is no graph " + name);
      }
      PtNDManager manager = (PtNDManager) model.getNDManager();
      PtSymbolBlock block = JniUtils.loadModule(manager, graph, true, false);
      model.setBlock(block);
      return new FamilyGraph(model, block);
    } catch (IOException failure) {
      model.close();
      throw new UncheckedIOException(failure);
    } catch (RuntimeException | Error failure) {
      model.close();
      throw failure;
    }
  }

  /** What lives as long as this graph does. */
  NDManager memory() {
    return memory;
  }

  /** Binds weights by the graph's names; replaces what was bound before. */
  void bind(Map<String, NDArray> weights, GraphInputs inputs) {
    Map<String, PtNDArray> tensors = new TreeMap<>();
    weights.forEach((name, array) -> tensors.put(name, (PtNDArray) array));
    long[] integers = inputs.integers().stream().mapToLong(Long::longValue).toArray();
    double[] reals = inputs.reals().stream().mapToDouble(Double::doubleValue).toArray();
    try (IValue dictionary = IValue.stringMapFrom(tensors);
        IValue ints = IValue.listFrom(integers);
        IValue floats = IValue.listFrom(reals)) {
      run("bind", dictionary, ints, floats).close();
    }
  }

  /**
   * Calls a method that takes and gives tensors.
   *
   * @param scope where the result lives
   * @param inputs at least one
   */
  NDArray call(String method, Gradients gradients, NDManager scope, NDArray... inputs) {
    NDList list = new NDList();
    try (NDManager brief = scope.newSubManager()) {
      for (NDArray input : inputs) {
        // A result lives where the first input does, so that one moves into the scope.
        NDArray copy = input.duplicate();
        copy.attach(list.isEmpty() ? scope : brief);
        list.add(copy);
      }
      NDArray name = brief.create(0);
      name.setName("module_method:" + method);
      list.add(name);
      ParameterStore store = new ParameterStore(brief, false);
      return block.forward(store, list, gradients == Gradients.ON).head();
    }
  }

  /** Greedy tokens, int64 [batch, produced], in {@code scope}. */
  NDArray generate(NDArray tokens, NDArray mask, GreedyDecoding decoding, NDManager scope) {
    try (IValue first = IValue.from((PtNDArray) tokens);
        IValue second = IValue.from((PtNDArray) mask);
        IValue stop = IValue.listFrom(decoding.stopTokens());
        IValue padding = IValue.from((long) decoding.padding());
        IValue most = IValue.from((long) decoding.most());
        IValue produced = run("generate", first, second, stop, padding, most)) {
      return produced.toTensor((PtNDManager) scope);
    }
  }

  /** Of a tensor of any type. */
  @Override
  public NDArray elements(NDArray tensor, long first, long count, NDManager scope) {
    try (IValue whole = IValue.from((PtNDArray) tensor);
        IValue from = IValue.from(first);
        IValue length = IValue.from(count);
        IValue view = run("elements", whole, from, length)) {
      return view.toTensor((PtNDManager) scope);
    }
  }

  /** Of any type. */
  @Override
  public void store(NDArray target, NDArray source) {
    try (IValue to = IValue.from((PtNDArray) target);
        IValue from = IValue.from((PtNDArray) source)) {
      run("store", to, from).close();
    }
  }

  /** A tensor of any elements; it may require gradients. */
  NDArray empty(List<Long> shape, Precision precision, NDManager place) {
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    if (precision == Precision.FLOAT32) {
      return place.create(new Shape(sizes), DataType.FLOAT32);
    }
    try (NDManager brief = place.newSubManager()) {
      // In the call for training, for what is made without gradients never has any.
      NDArray array = call("empty_bfloat16", Gradients.ON, brief, brief.create(sizes));
      array.attach(place);
      return array;
    }
  }

  /** DJL sets the optimiser, which would change the arithmetic, only where a block is called. */
  private IValue run(String method, IValue... inputs) {
    JniUtils.setGraphExecutorOptimize(Boolean.getBoolean("ai.djl.pytorch.graph_optimizer"));
    return IValueUtils.runMethod(block, method, inputs);
  }

  @Override
  public void close() {
    model.close();
  }

  /** Whether a call is remembered, so that gradients can be taken. */
  enum Gradients {
    ON,
    OFF
  }
}
