package org.mergetomix.model;

/**
 * The shape of a LoRA update of one linear layer: scale · B · A.
 *
 * @param module the layer's name: its weight's without {@code .weight}
 * @param rank how many rows A and columns B has; at least 1
 * @param scale what the product is multiplied with, mostly alpha / rank
 */
public record LowRankFactors(String module, int rank, double scale) {

  public LowRankFactors {
    if (rank < 1 || !Double.isFinite(scale)) {
      throw new IllegalArgumentException("No update of rank %s, scale %s".formatted(rank, scale));
    }
  }

  /** The name of A, [rank, inputs]. */
  public String down() {
    return module + ".lora_A.weight";
  }

  /** The name of B, [outputs, rank]. */
  public String up() {
    return module + ".lora_B.weight";
  }

  String scaleName() {
    return module + ".lora_scale";
  }
}
