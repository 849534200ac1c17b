package org.mergetomix.merge.combine;

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
    return new LinearKernel(divisor(terms));
  }

  @Override
  public double factor(Terms terms, InnerProducts products, TensorPlace tensor) {
    return factor(terms);
  }

  private double factor(Terms terms) {
    return switch (kind) {
      case MEAN -> lambda;
      case SUM -> lambda * terms.toMeanOne();
    };
  }

  /** What the delta of one of the terms is multiplied by in all. */
  public double scalar(Terms terms, Terms.Term term) {
    return factor(terms) * term.weight() / divisor(terms);
  }

  private float divisor(Terms terms) {
    return switch (kind) {
      case MEAN -> terms.total();
      case SUM -> 1f;
    };
  }
}
