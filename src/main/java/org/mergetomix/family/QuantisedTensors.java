package org.mergetomix.family;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Finds weights that are stored as codes and scales: an average of either is no average of what
 * they stand for. Known by what lies beside a tensor, since a single file has no configuration.
 */
public final class QuantisedTensors {

  private static final String REMEDY =
      "Give the model as it was before, in float32, float16 or bfloat16: quantised weights can"
          + " neither be merged nor trained";

  /** Last parts of names that only quantised layers have. */
  private static final Set<String> CODES =
      Set.of("qweight", "qzeros", "weight_packed", "SCB", "absmax", "quant_map", "W_q");

  private QuantisedTensors() {}

  /**
   * Refuses a checkpoint with such weights.
   *
   * @param checkpoint how messages call it
   * @throws UserException naming the first of them
   */
  public static void refuse(SortedMap<String, TensorSpec> tensors, String checkpoint) {
    first(tensors)
        .ifPresent(
            found -> {
              throw UserException.input(
                  "The weights are quantised: %s is %s"
                      .formatted(TensorNames.shown(found.name()), found.describe()),
                  checkpoint,
                  REMEDY);
            });
  }

  private static Optional<TensorSpec> first(SortedMap<String, TensorSpec> tensors) {
    return tensors.values().stream()
        .filter(
            tensor -> isCode(tensor.name()) || (mayBeCodes(tensor) && isScaled(tensor, tensors)))
        .findFirst();
  }

  private static boolean isCode(String name) {
    return CODES.contains(name.substring(name.lastIndexOf('.') + 1))
        || name.contains(".quant_state.");
  }

  private static boolean mayBeCodes(TensorSpec tensor) {
    return switch (tensor.dtype()) {
      case F8_E4M3, F8_E5M2 -> true;
      case I8, U8, I16, I32 -> tensor.shape().size() > 1;
      case F64, F32, F16, BF16, I64, BOOL -> false;
    };
  }

  /** Whether a scale lies in the same module, as weight_scale_inv beside weight. */
  private static boolean isScaled(TensorSpec tensor, SortedMap<String, TensorSpec> tensors) {
    String module = tensor.name().substring(0, tensor.name().lastIndexOf('.') + 1);
    // What begins with the module's name ends before the character that follows a dot.
    SortedMap<String, TensorSpec> within =
        module.isEmpty()
            ? tensors
            : tensors.subMap(module, module.substring(0, module.length() - 1) + '/');
    return within.keySet().stream()
        .filter(name -> !name.equals(tensor.name()))
        .map(name -> name.substring(module.length()).toLowerCase(Locale.ROOT))
        .anyMatch(part -> part.indexOf('.') < 0 && part.contains("scale"));
  }
}
