package org.mergetomix.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

/** The parameters of a block by name, and access to their elements. */
final class LiveParameters {

  private static final TensorPieces PIECES = new FloatPieces();

  private final SortedMap<String, TensorSpec> tensors = new TreeMap<>();
  private final SortedMap<String, NDArray> arrays = new TreeMap<>();
  private final ParameterMemory memory;

  /**
   * Takes hold of all parameters.
   *
   * @param graph what the block was loaded from, for messages
   * @param access how their elements are reached
   * @param device what lives as long as the parameters
   * @throws UserException if one is not float32, or not laid out in the order of its elements
   */
  LiveParameters(Block block, Path graph, ParameterMemory.Access access, NDManager device) {
    List<Problem> problems = new ArrayList<>();
    for (Pair<String, Parameter> entry : block.getDirectParameters()) {
      String name = entry.getKey();
      NDArray array = entry.getValue().getArray();
      if (array.getDataType() != DataType.FLOAT32) {
        problems.add(
            new Problem(
                "Parameter " + name + " is " + array.getDataType() + ", not float32",
                graph.toString(),
                "Export the model with float32 parameters"));
      } else if (access == ParameterMemory.Access.DIRECT && !viewsItsMemory(array)) {
        problems.add(
            new Problem(
                "Parameter " + name + " does not lie in memory in the order of its elements",
                graph.toString(),
                "Call contiguous() on it before the model is exported"));
      } else {
        add(name, array);
      }
    }
    UserException.inputIfAny(problems);
    this.memory =
        switch (access) {
          case DIRECT ->
              new ParameterMemory.Direct(
                  arrays, Precision.FLOAT32, PIECES, ParameterMemory.Direct.VIEW);
          case STAGED ->
              new ParameterMemory.Staged(arrays, Precision.FLOAT32, PIECES, stage(device));
        };
  }

  private NDArray stage(NDManager device) {
    Shape shape = new Shape(ParameterMemory.Staged.stretch(arrays));
    return device.newSubManager(Device.cpu()).create(shape, DataType.FLOAT32);
  }

  private void add(String name, NDArray array) {
    List<Long> shape = new ArrayList<>();
    for (long dimension : array.getShape().getShape()) {
      shape.add(dimension);
    }
    tensors.put(name, new TensorSpec(name, DType.F32, shape));
    arrays.put(name, array);
  }

  /** What is written through one view shows in another, unless they are copies. */
  private static boolean viewsItsMemory(NDArray array) {
    if (array.size() == 0) {
      return true;
    }
    // Copies are gone with their views, so these stay as long as they are looked at.
    try (NDArray view = PIECES.elements(array, 0, 1, array.getManager());
        NDArray other = PIECES.elements(array, 0, 1, array.getManager())) {
      FloatBuffer memory = memory(view);
      int bits = Float.floatToRawIntBits(memory.get(0));
      int changed = bits ^ Integer.MIN_VALUE;
      memory.put(0, Float.intBitsToFloat(changed));
      boolean same = Float.floatToRawIntBits(memory(other).get(0)) == changed;
      memory.put(0, Float.intBitsToFloat(bits));
      return same;
    }
  }

  private static FloatBuffer memory(NDArray view) {
    return view.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  SortedMap<String, TensorSpec> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  SortedMap<String, NDArray> arrays() {
    return Collections.unmodifiableSortedMap(arrays);
  }

  void write(String tensor, long offset, float[] source, int length) {
    memory.write(tensor, offset, source, length);
  }

  /** Overwrites a whole parameter with elements of its device. */
  void set(String tensor, NDArray elements) {
    NDArray array = arrays.get(tensor);
    try (NDArray whole = PIECES.elements(array, 0, array.size(), array.getManager())) {
      PIECES.store(whole, elements);
    }
  }

  void read(String tensor, long offset, float[] destination, int length) {
    memory.read(tensor, offset, destination, length);
  }
}
