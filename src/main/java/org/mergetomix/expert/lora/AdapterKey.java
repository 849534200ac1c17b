package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;

/**
 * The name of a tensor in a PEFT adapter, taken apart.
 *
 * @param module the adapted module's name in the model, without a leading {@code base_model.model.}
 * @param part what of the module it is
 * @param parameter the name of the module's own parameter that it belongs to
 */
public record AdapterKey(String module, Part part, String parameter) {

  private static final String PREFIX = "base_model.model.";

  /** What a tensor of an adapter can be. */
  public enum Part {
    /** The factor with a row for each rank. */
    A,
    /** The factor with a column for each rank. */
    B,
    /** The same for an embedding, whose weight is stored the other way round. */
    EMBEDDING_A,
    EMBEDDING_B,
    /** What is added to the module's bias. */
    B_BIAS,
    /** The magnitudes of DoRA. */
    MAGNITUDE,
    /** A parameter that was saved whole. */
    SAVED
  }

  private record Ending(String text, Part part, String parameter) {}

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending(".lora_A.weight", Part.A, "weight"),
          new Ending(".lora_B.weight", Part.B, "weight"),
          new Ending(".lora_embedding_A", Part.EMBEDDING_A, "weight"),
          new Ending(".lora_embedding_B", Part.EMBEDDING_B, "weight"),
          new Ending(".lora_B.bias", Part.B_BIAS, "bias"),
          new Ending(".lora_magnitude_vector", Part.MAGNITUDE, "weight"),
          new Ending(".lora_magnitude_vector.weight", Part.MAGNITUDE, "weight"));

  /** Takes a name apart; empty if PEFT writes no such name. */
  public static Optional<AdapterKey> parse(String name) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = name.substring(PREFIX.length());
    for (Ending ending : ENDINGS) {
      if (rest.endsWith(ending.text()) && rest.length() > ending.text().length()) {
        String module = rest.substring(0, rest.length() - ending.text().length());
        return Optional.of(new AdapterKey(module, ending.part(), ending.parameter()));
      }
    }
    int dot = rest.lastIndexOf('.');
    if (dot <= 0 || rest.contains(".lora_")) {
      return Optional.empty();
    }
    return Optional.of(new AdapterKey(rest.substring(0, dot), Part.SAVED, rest.substring(dot + 1)));
  }

  /** The name of the parameter in the model. */
  public String target() {
    return module + "." + parameter;
  }
}
