package org.mergetomix.merge;

import java.util.Locale;

/** Where mixtures are merged. The two differ by float32 rounding, so it is part of every key. */
public enum MergeDevice {
  /** In the memory of the host, by {@link PrefixMerger}. */
  CPU,
  /** Beside the live model on its GPU, by {@link DeviceMerger}. */
  GPU;

  /** Its name in the configuration and in the run record. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
