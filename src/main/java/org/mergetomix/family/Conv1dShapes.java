package org.mergetomix.family;

import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.tensor.TensorSpec;

/**
 * Tells GPT-2's Conv1D layers, which store [inputs, outputs], from linear layers of the same names
 * (as of GPT-BigCode and the first Qwen), where no configuration does: by the block's layers with
 * more outputs than inputs.
 */
public final class Conv1dShapes {

  private static final Pattern LAYER =
      Pattern.compile(
          "(.*\\.\\d+)\\.(?:attn\\.c_attn|attn\\.c_proj|mlp\\.c_fc|mlp\\.c_proj)\\.weight");

  private Conv1dShapes() {}

  /** Whether a weight is stored [inputs, outputs]; empty where shapes do not tell. */
  public static Optional<Boolean> isTransposed(
      String weight, SortedMap<String, TensorSpec> tensors) {
    Matcher layer = LAYER.matcher(weight);
    if (!layer.matches()) {
      return Optional.empty();
    }
    return Stream.of(".attn.c_attn.weight", ".mlp.c_fc.weight")
        .flatMap(wide -> Stream.ofNullable(tensors.get(layer.group(1) + wide)))
        .map(TensorSpec::shape)
        .filter(shape -> shape.size() == 2 && !shape.get(0).equals(shape.get(1)))
        .map(shape -> shape.get(0) < shape.get(1))
        .findFirst();
  }
}
