package org.mergetomix.expert.lora;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.tensor.WrapperNames;

/**
 * The name of a tensor in a PEFT adapter, taken apart.
 *
 * @param module the adapted module's name in the model, without a leading {@code base_model.model.}
 * @param part what of the module it is
 * @param parameter the name of the module's own parameter that it belongs to
 * @param adapter the name of the adapter, which PEFT leaves out of a file and other writers do not;
 *     mostly empty
 */
public record AdapterKey(String module, Part part, String parameter, String adapter) {

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
    SAVED,
    /** A parameter of the base itself, in a module that has factors. */
    BASE,
    /** A parameter of the base itself, in a module that was saved whole. */
    REPLACED,
    /** What VeLoRA's backward pass and MonteCLoRA's sampling need: of no use after training. */
    VELORA,
    MONTECLORA
  }

  private record Ending(Pattern pattern, Part part, String parameter) {

    Ending(String pattern, Part part, String parameter) {
      this(Pattern.compile("(.+?)" + pattern), part, parameter);
    }
  }

  /** Of a key that has one, the name of its adapter comes after what it belongs to. */
  private static final String NAMED = "(?:\\.([^.]+))?";

  private static final List<Ending> ENDINGS =
      List.of(
          new Ending("\\.lora_A" + NAMED + "\\.weight", Part.A, "weight"),
          new Ending("\\.lora_B" + NAMED + "\\.weight", Part.B, "weight"),
          new Ending("\\.lora_embedding_A" + NAMED, Part.EMBEDDING_A, "weight"),
          new Ending("\\.lora_embedding_B" + NAMED, Part.EMBEDDING_B, "weight"),
          new Ending("\\.lora_B" + NAMED + "\\.bias", Part.B_BIAS, "bias"),
          new Ending("\\.lora_magnitude_vector" + NAMED + "\\.weight", Part.MAGNITUDE, "weight"),
          new Ending("\\.lora_magnitude_vector" + NAMED, Part.MAGNITUDE, "weight"),
          new Ending("\\.lora_velora_embed" + NAMED, Part.VELORA, "weight"),
          new Ending("\\.lora_monteclora_sampler()(?:\\..+)?", Part.MONTECLORA, "weight"));

  private static final Pattern OF_BASE = Pattern.compile("(.+)\\.base_layer\\.([^.]+)");

  private static final Pattern OF_WRAPPED =
      Pattern.compile("(.+?)\\.(original_module|modules_to_save)(\\..+)?\\.([^.]+)");

  /** Takes a name apart; empty if PEFT writes no such name. */
  public static Optional<AdapterKey> parse(String name) {
    String bare = WrapperNames.takenOff(name);
    if (!bare.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = bare.substring(PREFIX.length());
    for (Ending ending : ENDINGS) {
      Matcher matcher = ending.pattern().matcher(rest);
      if (matcher.matches()) {
        return Optional.of(
            new AdapterKey(
                matcher.group(1),
                ending.part(),
                ending.parameter(),
                Optional.ofNullable(matcher.group(2)).orElse("")));
      }
    }
    return rest.contains(".lora_") ? Optional.empty() : parameter(rest);
  }

  private static Optional<AdapterKey> parameter(String name) {
    Matcher base = OF_BASE.matcher(name);
    if (base.matches()) {
      return Optional.of(new AdapterKey(base.group(1), Part.BASE, base.group(2), ""));
    }
    Matcher wrapped = OF_WRAPPED.matcher(name);
    if (wrapped.matches()) {
      boolean replaced = wrapped.group(2).equals("original_module");
      String inner = Optional.ofNullable(wrapped.group(3)).orElse("");
      // PEFT leaves the adapter's name out; what else is there belongs to a module further in.
      return Optional.of(
          new AdapterKey(
              wrapped.group(1) + (replaced ? inner : afterName(inner)),
              replaced ? Part.REPLACED : Part.SAVED,
              wrapped.group(4),
              replaced ? "" : nameOf(inner)));
    }
    int dot = name.lastIndexOf('.');
    return dot <= 0
        ? Optional.empty()
        : Optional.of(
            new AdapterKey(name.substring(0, dot), Part.SAVED, name.substring(dot + 1), ""));
  }

  private static String nameOf(String inner) {
    int end = inner.indexOf('.', 1);
    return inner.isEmpty() ? "" : inner.substring(1, end < 0 ? inner.length() : end);
  }

  private static String afterName(String inner) {
    int end = inner.indexOf('.', 1);
    return end < 0 ? "" : inner.substring(end);
  }

  /** The name of the parameter in the model. */
  public String target() {
    return module + "." + parameter;
  }
}
