package org.mergetomix.family;

import java.util.List;
import org.mergetomix.tensor.TensorSpec;

/**
 * Tensors that have a row for each token, known by the names that the families give them: the
 * embeddings, and what makes logits of hidden states.
 */
public final class VocabularyTables {

  private static final List<String> NAMES =
      List.of(
          "embed_tokens.weight",
          "wte.weight",
          "embed_in.weight",
          "lm_head.weight",
          "lm_head.bias",
          "embed_out.weight");

  private VocabularyTables() {}

  /** The known ends of names, for messages. */
  public static String names() {
    return String.join(", ", NAMES);
  }

  /** Whether a tensor is one. */
  public static boolean include(TensorSpec tensor) {
    String name = tensor.name();
    return tensor.dtype().floating()
        && !tensor.shape().isEmpty()
        && NAMES.stream().anyMatch(known -> name.equals(known) || name.endsWith("." + known));
  }

  /** The elements of a row. */
  public static long rowLength(TensorSpec table) {
    return table.shape().stream().skip(1).reduce(1L, (one, other) -> one * other);
  }
}
