package org.mergetomix.family;

import java.util.Map;

/** Non-linear functions that the graphs know; each has its number there. */
enum Activation {
  SILU(0),
  GELU(1),
  GELU_TANH(2),
  RELU(3);

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

  private final long number;

  Activation(long number) {
    this.number = number;
  }

  /** Reads a key; {@code missing} stands for it where it is absent. */
  static Activation read(ConfigFields config, String key, String missing) {
    return config.oneOf(key, missing, BY_NAME, "activation");
  }

  long number() {
    return number;
  }
}
