package org.mergetomix.merge;

import org.mergetomix.tensor.TensorPlace;

/**
 * {@code lambda × Σ weight × delta}, divided by {@code Σ weight} for a mean; for a sum, weights
 * have a mean of 1.
 */
public record WeightedSum(Kind kind, double lambda) implements Combination {

  /** What the deltas' sum becomes. */
  public enum Kind {
    MEAN,
    SUM
  }

  @Override
  public Kernel kernel(Terms terms) {
    return new LinearKernel(
        switch (kind) {
          case MEAN -> terms.total();
          case SUM -> 1f;
        });
  }

  @Override
  public double factor(Terms terms, PreparedExperts experts, TensorPlace tensor) {
    return switch (kind) {
      case MEAN -> lambda;
      case SUM -> lambda * terms.toMeanOne();
    };
  }
}
