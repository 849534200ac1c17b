package org.mergetomix.merge;

import org.mergetomix.tensor.TensorPlace;

/**
 * {@code lambda ×} the mean or the sum of those deltas that have the elected sign, for each
 * element: TIES without its trimming.
 *
 * @param mode for the paper, weights have no vote, and a draw goes to the sign that most elements
 *     of the model have; for mergekit, they have, and a draw is positive
 */
public record SignConsensus(SignKernel.Agreeing agreeing, double lambda, Mode mode)
    implements Combination {

  @Override
  public Kernel kernel(Terms terms) {
    return switch (mode) {
      case MERGEKIT -> new SignKernel(SignKernel.Vote.WEIGHTED, agreeing, SignKernel.Draw.POSITIVE);
      case PAPER ->
          new SignKernel(
              // With equal weights both votes are the same, and one sum is saved.
              terms.equalWeights() ? SignKernel.Vote.WEIGHTED : SignKernel.Vote.UNWEIGHTED,
              agreeing,
              SignKernel.Draw.MAJORITY);
    };
  }

  @Override
  public double factor(Terms terms, PreparedExperts experts, TensorPlace tensor) {
    return switch (agreeing) {
      case MEAN -> lambda;
      case SUM -> lambda * terms.toMeanOne();
    };
  }
}
