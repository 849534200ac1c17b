package org.mergetomix.family;

import java.util.List;
import java.util.Set;
import org.mergetomix.tensor.TensorSpec;

/**
 * Tensors that old checkpoints have though they are no weights: a model makes them anew from its
 * configuration. Known by name and shape, in models of any architecture.
 */
public final class KnownBuffers {

  private static final List<String> ROTARY =
      List.of("rotary_emb.inv_freq", "rotary_emb.cos_cached", "rotary_emb.sin_cached");

  private static final Set<String> ATTENTION = Set.of("attn", "attention", "self_attention");

  private KnownBuffers() {}

  /** Whether a tensor is one. */
  public static boolean include(TensorSpec tensor) {
    String name = tensor.name();
    if (ROTARY.stream().anyMatch(name::endsWith)) {
      return true;
    }
    int dot = name.lastIndexOf('.');
    String module = name.substring(name.lastIndexOf('.', dot - 1) + 1, Math.max(dot, 0));
    return switch (name.substring(dot + 1)) {
      // A causal mask, not the bias of a layer, which has one dimension.
      case "bias" -> ATTENTION.contains(module) && tensor.shape().size() == 4;
      case "masked_bias" -> ATTENTION.contains(module) && tensor.elements() == 1;
      case "position_ids", "num_batches_tracked" -> !tensor.dtype().floating();
      default -> false;
    };
  }
}
