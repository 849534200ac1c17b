package org.mergetomix.merge;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.tensor.TensorPlace;

/**
 * Where in its stack of layers a tensor stands, from its name: {@code model.layers.5.mlp.0.weight}
 * is in layer 5 of the stack {@code model.layers}. The first word for layers in the name counts, so
 * that numbers further inside are not taken for layers; a model may have several stacks, each with
 * its own depth.
 */
public final class LayerDepths {

  /** Words before the number of a layer. */
  static final List<String> WORDS =
      List.of("layers", "layer", "h", "blocks", "block", "resblocks", "transformer_blocks");

  private static final Pattern LAYER =
      Pattern.compile(
          "^(?<stack>(?:.*?\\.)??(?:" + String.join("|", WORDS) + "))\\.(?<layer>\\d{1,9})\\.");

  private LayerDepths() {}

  /** A layer of a stack. */
  public record Layer(String stack, int number) {}

  /** The layer that a tensor belongs to, as its name says; empty for one of none. */
  public static Optional<Layer> layer(String tensor) {
    Matcher matcher = LAYER.matcher(tensor);
    return matcher.find()
        ? Optional.of(new Layer(matcher.group("stack"), Integer.parseInt(matcher.group("layer"))))
        : Optional.empty();
  }

  /** How many tensors stand in a layer. */
  static long layers(List<TensorPlace> tensors) {
    return tensors.stream().filter(tensor -> layer(tensor.name()).isPresent()).count();
  }

  /** For each tensor 0 in the first layer, 1 in the last, and 0 outside of layers. */
  static List<Double> of(List<TensorPlace> tensors) {
    Map<String, Integer> last = new HashMap<>();
    tensors.forEach(
        tensor ->
            layer(tensor.name())
                .ifPresent(layer -> last.merge(layer.stack(), layer.number(), Math::max)));
    return tensors.stream()
        .map(
            tensor ->
                layer(tensor.name())
                    .map(layer -> depth(layer.number(), last.get(layer.stack())))
                    .orElse(0.0))
        .toList();
  }

  private static double depth(int number, int last) {
    return last == 0 ? 1 : (double) number / last;
  }
}
