package org.mergetomix.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.model.LiveModel;

/**
 * A TorchScript graph of one's own, as {@code src/test/python/byte_transformer.py} writes it, with
 * weights that are computed from their place, as {@code fine_tuning_reference.py} computes them
 * too.
 */
public final class ByteTransformer {

  /** The graph. */
  public static final Path GRAPH =
      Path.of("src/test/resources/org/mergetomix/testing/byte-transformer.pt");

  /** The tokens that the model sees at once. */
  public static final int CONTEXT = 48;

  private ByteTransformer() {}

  /** The model, which the caller closes. */
  public static LiveModel load() {
    return load(0);
  }

  /** The model with other weights for every variant. */
  public static LiveModel load(int variant) {
    LiveModel model = LiveModel.load(GRAPH);
    List<String> names = new ArrayList<>(model.tensors().keySet());
    for (int tensor = 0; tensor < names.size(); tensor++) {
      String name = names.get(tensor);
      float[] weights = new float[(int) model.tensors().get(name).elements()];
      float offset = name.endsWith("norm.weight") ? 1 : 0;
      for (int element = 0; element < weights.length; element++) {
        weights[element] = offset + weight(variant * names.size() + tensor, element);
      }
      model.write(name, 0, weights, weights.length);
    }
    return model;
  }

  /** All parameters, one after the other. */
  public static float[] parameters(LiveModel model) {
    int elements = model.tensors().values().stream().mapToInt(spec -> (int) spec.elements()).sum();
    float[] parameters = new float[elements];
    int next = 0;
    for (String name : model.tensors().keySet()) {
      float[] tensor = parameter(model, name);
      System.arraycopy(tensor, 0, parameters, next, tensor.length);
      next += tensor.length;
    }
    return parameters;
  }

  /** One parameter. */
  public static float[] parameter(LiveModel model, String name) {
    float[] parameter = new float[(int) model.tensors().get(name).elements()];
    model.read(name, 0, parameter, parameter.length);
    return parameter;
  }

  /** Within 1/16 of 0, and exact in float32. */
  private static float weight(int tensor, int element) {
    int bits = element * 0x9E3779B1 + tensor * 40503 + 1;
    bits ^= bits >>> 15;
    bits *= 0x85EBCA77;
    bits ^= bits >>> 13;
    return ((bits >>> 16) / 65536f - 0.5f) / 8;
  }
}
