package org.mergetomix.merge;

import java.util.Arrays;
import org.mergetomix.tensor.Layout;

/** All layers alike. */
public record Unscaled() implements LayerScaling {

  @Override
  public boolean needsNorms() {
    return false;
  }

  @Override
  public double[] factors(Layout layout, double shrinking, int experts) {
    double[] factors = new double[layout.tensors().size()];
    Arrays.fill(factors, 1);
    return factors;
  }

  @Override
  public void check(Layout layout) {}
}
