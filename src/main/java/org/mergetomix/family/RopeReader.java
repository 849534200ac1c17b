package org.mergetomix.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Reads rotary position embeddings as transformers 4 ({@code rope_theta}, {@code rope_scaling}) and
 * 5 ({@code rope_parameters}) write them, and computes their frequencies, in float32 where
 * transformers does.
 */
final class RopeReader {

  private static final String THETA = "rope_theta";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final double MOST_STRETCH = 1e6;

  private static final Map<String, Type> TYPES =
      Map.of(
          "default", Type.DEFAULT,
          "linear", Type.LINEAR,
          "llama3", Type.LLAMA3,
          "yarn", Type.YARN,
          "dynamic", Type.DYNAMIC,
          "longrope", Type.LONGROPE);

  private final ConfigFields config;
  private final ConfigFields rope;
  private final Layout layout;
  private final double base;
  private final int size;

  /**
   * How a family writes rope down.
   *
   * @param headSize features of a head
   * @param baseKey the key beside {@code rope_parameters} that has the base
   * @param missingBase the base where no key says it
   * @param partialKey the key that says which part of a head is rotated; empty where all of it is
   * @param missingPartial that part where no key says it
   * @param missingOriginal the positions before stretching where no key says them; empty for {@code
   *     max_position_embeddings}
   */
  record Layout(
      long headSize,
      String baseKey,
      double missingBase,
      Optional<String> partialKey,
      double missingPartial,
      Optional<Long> missingOriginal) {

    /** Whole heads are rotated; keys as in most models. */
    static Layout whole(long headSize, double missingBase) {
      return new Layout(headSize, THETA, missingBase, Optional.empty(), 1, Optional.empty());
    }
  }

  private enum Type {
    DEFAULT,
    LINEAR,
    LLAMA3,
    YARN,
    DYNAMIC,
    LONGROPE
  }

  private RopeReader(ConfigFields config, ConfigFields rope, Layout layout) {
    this.config = config;
    this.rope = rope;
    this.layout = layout;
    this.base = rope.positive(THETA, config.positive(layout.baseKey(), layout.missingBase()));
    this.size = rotated(part());
  }

  /** Reads the one rope of a model. */
  static Rope read(ConfigFields config, Layout layout) {
    ConfigFields rope =
        config
            .child("rope_scaling")
            .or(() -> config.child("rope_parameters"))
            .orElseGet(config::empty);
    if (rope.has("full_attention") || rope.has("sliding_attention")) {
      rope.complain(
          "full_attention",
          "Rotary embeddings that differ between layers are known for Gemma 3 only",
          ConfigFields.DAMAGED);
    }
    return new RopeReader(config, rope, layout).rope();
  }

  /** Reads a rope whose parameters are known already. */
  static Rope read(ConfigFields config, ConfigFields rope, Layout layout) {
    return new RopeReader(config, rope, layout).rope();
  }

  private double part() {
    String key = layout.partialKey().orElse(PARTIAL);
    double part = rope.positive(PARTIAL, config.positive(key, layout.missingPartial()));
    if (layout.partialKey().isEmpty() && part != 1) {
      config.complain(
          PARTIAL,
          "Heads that are rotated in part are not known for this model_type",
          ConfigFields.DAMAGED);
      return 1;
    }
    return part;
  }

  private int rotated(double part) {
    int rotated = (int) (layout.headSize() * Math.min(part, 1));
    if (part > 1 || rotated < 2 || rotated % 2 != 0) {
      config.complain(
          layout.partialKey().orElse("head_dim"),
          "%s of the %s features of a head cannot be rotated in pairs"
              .formatted(rotated, layout.headSize()),
          ConfigFields.DAMAGED);
      return 2;
    }
    return rotated;
  }

  private Rope rope() {
    String key = rope.has("rope_type") || !rope.has("type") ? "rope_type" : "type";
    return switch (rope.oneOf(key, "default", TYPES, "rope type")) {
      case DEFAULT -> Rope.fixed(plain(), 1, base);
      case LINEAR -> {
        float factor = (float) factor();
        yield Rope.fixed(map(plain(), value -> value / factor), 1, base);
      }
      case LLAMA3 -> Rope.fixed(llama3(), 1, base);
      case YARN -> yarn();
      case DYNAMIC -> dynamic();
      case LONGROPE -> longrope();
    };
  }

  private double factor() {
    double factor = rope.requiredPositive("factor");
    if (factor > MOST_STRETCH) {
      rope.complain(
          "factor", "No model is stretched by a factor of " + factor, ConfigFields.DAMAGED);
    }
    return factor;
  }

  private double original() {
    ConfigFields holder = config.has(ORIGINAL) ? config : rope;
    long missing =
        layout
            .missingOriginal()
            .orElseGet(() -> config.size("max_position_embeddings", 2048, Limits.POSITIONS));
    return holder.size(ORIGINAL, missing, Limits.POSITIONS);
  }

  /** base^(2i/size), as float32. */
  private float[] waves() {
    float[] waves = new float[size / 2];
    for (int pair = 0; pair < waves.length; pair++) {
      float exponent = 2f * pair / size;
      waves[pair] = (float) Math.pow((float) base, exponent);
    }
    return waves;
  }

  private List<Float> plain() {
    List<Float> frequencies = new ArrayList<>();
    for (float wave : waves()) {
      frequencies.add(1f / wave);
    }
    return frequencies;
  }

  private static List<Float> map(List<Float> values, ToDoubleFunction<Float> change) {
    return values.stream().map(value -> (float) change.applyAsDouble(value)).toList();
  }

  /** Slow waves are stretched, fast ones left, and those between stretched in part. */
  private List<Float> llama3() {
    double factor = factor();
    double low = rope.requiredPositive("low_freq_factor");
    double high = rope.requiredPositive("high_freq_factor");
    double original = original();
    if (low >= high) {
      rope.complain(
          "high_freq_factor",
          "high_freq_factor has to be above low_freq_factor",
          ConfigFields.DAMAGED);
    }
    return plain().stream().map(value -> stretched(value, factor, low, high, original)).toList();
  }

  private static float stretched(
      float value, double factor, double low, double high, double original) {
    float length = (float) (2 * Math.PI) / value;
    if (length > original / low) {
      return value / (float) factor;
    }
    if (length < original / high) {
      return value;
    }
    float smooth = ((float) original / length - (float) low) / (float) (high - low);
    return (1 - smooth) * value / (float) factor + smooth * value;
  }

  private Rope yarn() {
    double original = original();
    double factor =
        rope.has("factor")
            ? factor()
            : config.size("max_position_embeddings", Limits.POSITIONS) / original;
    double from = turnsAt(rope.positive("beta_fast", 32), original);
    double to = turnsAt(rope.positive("beta_slow", 1), original);
    if (rope.isOnUnlessOff("truncate")) {
      from = Math.floor(from);
      to = Math.ceil(to);
    }
    double low = Math.max(from, 0);
    double high = Math.min(to, size - 1.0);
    double width = high == low ? 0.001 : high - low;
    List<Float> frequencies = new ArrayList<>();
    for (float wave : waves()) {
      double ramp = Math.min(Math.max((frequencies.size() - low) / width, 0), 1);
      frequencies.add((float) (ramp / (factor * wave) + (1 - ramp) / wave));
    }
    double scale = rope.positive("attention_factor").orElseGet(() -> yarnScale(factor));
    return Rope.fixed(frequencies, scale, base);
  }

  /** The pair that turns so often within the original positions. */
  private double turnsAt(double turns, double original) {
    return size * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private double yarnScale(double factor) {
    Optional<Double> scale = rope.positive("mscale");
    Optional<Double> all = rope.positive("mscale_all_dim");
    return scale.isPresent() && all.isPresent()
        ? yarnScale(factor, scale.get()) / yarnScale(factor, all.get())
        : yarnScale(factor, 1);
  }

  private static double yarnScale(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }

  private Rope dynamic() {
    long positions = config.size("max_position_embeddings", Limits.POSITIONS);
    return new Rope(Rope.Kind.DYNAMIC, plain(), List.of(), 1, positions, base, factor());
  }

  private Rope longrope() {
    double original = original();
    double factor =
        rope.positive(
            "factor", config.size("max_position_embeddings", Limits.POSITIONS) / original);
    double scale =
        rope.positive("attention_factor")
            .orElseGet(
                () -> factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
    return new Rope(
        Rope.Kind.LONG,
        divided(rope.positives("short_factor", size / 2)),
        divided(rope.positives("long_factor", size / 2)),
        scale,
        (long) original,
        base,
        1);
  }

  private List<Float> divided(List<Double> factors) {
    float[] waves = waves();
    List<Float> frequencies = new ArrayList<>();
    for (int pair = 0; pair < waves.length; pair++) {
      frequencies.add(1f / (factors.get(pair).floatValue() * waves[pair]));
    }
    return frequencies;
  }
}
