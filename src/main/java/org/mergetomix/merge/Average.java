package org.mergetomix.merge;

/**
 * The weighted mean of the experts: {@code base + Σ weight × delta / Σ weight}. With equal weights
 * this is the surrogate of <em>Merge to Mix</em> (arXiv 2505.16066), the plain mean of the
 * fine-tuned parameters.
 */
record Average() implements MergeMethod {

  @Override
  public String name() {
    return "average";
  }

  @Override
  public int sums() {
    return 1;
  }

  @Override
  public void accumulate(float[][] sums, float[] delta, float weight, int length) {
    float[] sum = sums[0];
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
  public void finish(float[][] sums, float totalWeight, float[] base, int length) {
    float[] sum = sums[0];
    for (int i = 0; i < length; i++) {
      base[i] += sum[i] / totalWeight;
    }
  }
}
