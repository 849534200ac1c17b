package org.mergetomix.family;

import java.util.Map;

/** Non-linear functions that the graphs know; the ordinal is their number there. */
enum Activation {
  SILU,
  GELU,
  GELU_TANH,
  RELU;

  private static final Map<String, Activation> BY_NAME =
      Map.of(
          "silu", SILU,
          "swish", SILU,
          "gelu", GELU,
          "gelu_python", GELU,
          "gelu_new", GELU_TANH,
          "gelu_fast", GELU_TANH,
          "gelu_pytorch_tanh", GELU_TANH,
          "relu", RELU);

  /** Reads a key; {@code missing} stands for it where it is absent. */
  static Activation read(ConfigFields config, String key, String missing) {
    return config.oneOf(key, missing, BY_NAME, "activation");
  }

  long number() {
    return ordinal();
  }
}
