package org.mergetomix.family;

import java.util.Locale;

/**
 * The models that Llama's graph computes, and how they differ beyond what their keys say. What a
 * key's default is, is transformers' own.
 */
enum LlamaKin {
  LLAMA(Norm.PLAIN, Norms.BEFORE, HeadNorms.NONE, Biases.BY_KEY, Windows.NONE),
  MISTRAL(Norm.PLAIN, Norms.BEFORE, HeadNorms.NONE, Biases.NONE, Windows.ALL),
  QWEN2(Norm.PLAIN, Norms.BEFORE, HeadNorms.NONE, Biases.QUERY_KEY_VALUE, Windows.FROM_LAYER),
  QWEN3(Norm.PLAIN, Norms.BEFORE, HeadNorms.EACH, Biases.BY_KEY, Windows.FROM_LAYER),
  SMOLLM3(Norm.PLAIN, Norms.BEFORE, HeadNorms.NONE, Biases.BY_KEY, Windows.WITHOUT_ROPE),
  OLMO2(Norm.SCALED_EARLY, Norms.BEHIND, HeadNorms.TOGETHER, Biases.BY_KEY, Windows.NONE),
  GEMMA(Norm.ONE_PLUS_WEIGHT, Norms.BEFORE, HeadNorms.NONE, Biases.BY_KEY, Windows.NONE),
  GEMMA2(Norm.ONE_PLUS_WEIGHT, Norms.AROUND, HeadNorms.NONE, Biases.BY_KEY, Windows.PATTERN),
  GEMMA3_TEXT(Norm.ONE_PLUS_WEIGHT, Norms.AROUND, HeadNorms.EACH, Biases.BY_KEY, Windows.PATTERN),
  PHI3(Norm.PLAIN, Norms.BEFORE, HeadNorms.NONE, Biases.NONE, Windows.ALL);

  private final Norm norm;
  private final Norms norms;
  private final HeadNorms headNorms;
  private final Biases biases;
  private final Windows windows;

  LlamaKin(Norm norm, Norms norms, HeadNorms headNorms, Biases biases, Windows windows) {
    this.norm = norm;
    this.norms = norms;
    this.headNorms = headNorms;
    this.biases = biases;
    this.windows = windows;
  }

  String modelType() {
    return name().toLowerCase(Locale.ROOT);
  }

  Norm norm() {
    return norm;
  }

  Norms norms() {
    return norms;
  }

  HeadNorms headNorms() {
    return headNorms;
  }

  Biases biases() {
    return biases;
  }

  Windows windows() {
    return windows;
  }

  /** Whether embeddings are scaled, heads have a size of their own, and the like. */
  boolean isGemma() {
    return norm == Norm.ONE_PLUS_WEIGHT;
  }

  /** Whether the output layer is the embedding where no key says it. */
  boolean tiesUnlessOff() {
    return isGemma() || this == SMOLLM3;
  }

  /** Whether queries, keys and values, and the gates, are one layer each. */
  boolean isFused() {
    return this == PHI3;
  }

  double missingEpsilon() {
    return this == OLMO2 || this == PHI3 ? 1e-5 : 1e-6;
  }

  double missingBase() {
    return switch (this) {
      case SMOLLM3 -> 2_000_000;
      case GEMMA3_TEXT -> 1_000_000;
      default -> 10_000;
    };
  }

  /** The size of a head where no key says it. */
  long missingHeadSize(long width, long heads) {
    if (this == QWEN3) {
      return 128;
    }
    return isGemma() ? 256 : Math.max(width / heads, 1);
  }

  /** The window where no key says it; 0 for none. */
  long missingWindow() {
    return switch (this) {
      case MISTRAL, GEMMA2, GEMMA3_TEXT, QWEN2, QWEN3 -> 4096;
      default -> 0;
    };
  }

  /** How a norm scales what it gives. */
  enum Norm {
    /** Rounded to the model's type first. */
    PLAIN(0),
    /** By one more than its weight, in float32. */
    ONE_PLUS_WEIGHT(1),
    /** In float32. */
    SCALED_EARLY(2);

    private final long number;

    Norm(long number) {
      this.number = number;
    }

    /** The graph's number for it. */
    long number() {
      return number;
    }
  }

  /** Where the norms of a layer's two parts stand. */
  enum Norms {
    BEFORE,
    BEHIND,
    AROUND
  }

  /** Whether queries and keys are normalised, each head or all together. */
  enum HeadNorms {
    NONE,
    EACH,
    TOGETHER
  }

  /** Which linear layers have a bias; {@link #BY_KEY} as {@code attention_bias} says. */
  enum Biases {
    NONE,
    QUERY_KEY_VALUE,
    BY_KEY
  }

  /** Which layers see a window only, where {@code layer_types} does not say. */
  enum Windows {
    NONE,
    ALL,
    /** Those from {@code max_window_layers} on, if {@code use_sliding_window}. */
    FROM_LAYER,
    /** Those without rope, if {@code use_sliding_window}. */
    WITHOUT_ROPE,
    /** All but every so manieth. */
    PATTERN
  }
}
