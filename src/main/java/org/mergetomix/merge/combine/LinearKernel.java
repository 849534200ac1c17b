package org.mergetomix.merge.combine;

/**
 * The weighted sum, divided by a number.
 *
 * @param divisor the sum of the weights for a mean, 1 for a sum
 */
public record LinearKernel(float divisor) implements Kernel {

  @Override
  public int sums() {
    return 1;
  }

  @Override
  public void accumulate(float[][] sums, float[] delta, float weight, int length) {
    add(sums[0], delta, weight, length);
  }

  /** Adds {@code weight × delta}. */
  public static void add(float[] sum, float[] delta, float weight, int length) {
    if (weight == 1f) {
      for (int i = 0; i < length; i++) {
        sum[i] += delta[i];
      }
    } else {
      for (int i = 0; i < length; i++) {
        sum[i] += weight * delta[i];
      }
    }
  }

  @Override
  public void finish(float[][] sums, float factor, float[] target, int length) {
    // Divided once, not for each element, which would take longer than all the rest.
    add(target, sums[0], (float) (factor / (double) divisor), length);
  }
}
