package org.mergetomix.family;

import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers the weights that a family expects. Not thread-safe. */
final class TensorTable {

  private final SortedMap<String, List<Long>> shapes = new TreeMap<>();
  private final SortedSet<String> linear = new TreeSet<>();
  private final Set<String> transposed = new TreeSet<>();

  SortedMap<String, List<Long>> shapes() {
    return shapes;
  }

  SortedSet<String> linear() {
    return linear;
  }

  Set<String> transposed() {
    return transposed;
  }

  /** The weight of an embedding, or of anything else with this shape. */
  void weight(String module, Long... shape) {
    shapes.put(module + ".weight", List.of(shape));
  }

  /** A linear layer, [outputs, inputs]. */
  void linear(String module, long outputs, long inputs, Bias bias) {
    weight(module, outputs, inputs);
    linear.add(module + ".weight");
    bias(module, outputs, bias);
  }

  /** GPT-2's linear layer, [inputs, outputs]. */
  void transposedLinear(String module, long outputs, long inputs) {
    weight(module, inputs, outputs);
    linear.add(module + ".weight");
    bias(module, outputs, Bias.PRESENT);
    transposed.add(module + ".weight");
  }

  /** A norm with a bias. */
  void layerNorm(String module, long width) {
    weight(module, width);
    bias(module, width, Bias.PRESENT);
  }

  private void bias(String module, long outputs, Bias bias) {
    if (bias == Bias.PRESENT) {
      shapes.put(module + ".bias", List.of(outputs));
    }
  }

  /** Whether a layer has a bias. */
  enum Bias {
    PRESENT,
    ABSENT;

    static Bias of(ConfigFields config, String key) {
      return config.isOn(key) ? PRESENT : ABSENT;
    }
  }
}
