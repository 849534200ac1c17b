package org.mergetomix.model;

import java.util.Locale;
import org.mergetomix.tensor.DType;

/** What a model's weights are kept in and computed with. Logits and losses are float32 always. */
public enum Precision {
  FLOAT32(DType.F32),
  BFLOAT16(DType.BF16);

  private final DType dtype;

  Precision(DType dtype) {
    this.dtype = dtype;
  }

  /** The type of a weight's elements. */
  public DType dtype() {
    return dtype;
  }

  /** Its name in the configuration and in the run record. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
