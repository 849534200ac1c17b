package org.mergetomix.merge;

import org.mergetomix.tensor.TensorPlace;

/**
 * SCE: selects the elements whose deltas vary most between experts, calculates a weight for each
 * expert and tensor from the mean square of what is selected, and erases the deltas against the
 * elected sign; what is left is averaged by weight. A mixture's own weights multiply the others.
 *
 * <p>With everything selected, the weights are computed once for all mixtures and prefixes are
 * shared. Otherwise what is selected depends on all experts of the mixture: see {@link
 * SelectedDelta}.
 *
 * @param topK share of the elements of a tensor, of those that vary at all, that are selected;
 *     above 0 and at most 1
 * @param mode for mergekit, experts have equal weights where the mean squares of all sum to less
 *     than 1e-6, as those of a light fine-tuning do
 */
public record SelectCalculateErase(double topK, Mode mode) implements Combination {

  @Override
  public boolean sharesPrefixes() {
    return topK >= 1 && mode == Mode.PAPER;
  }

  @Override
  public Kernel kernel(Terms terms) {
    return new SignKernel(
        SignKernel.Vote.UNWEIGHTED, SignKernel.Agreeing.MEAN, SignKernel.Draw.POSITIVE);
  }

  @Override
  public double factor(Terms terms, PreparedExperts experts, TensorPlace tensor) {
    return 1;
  }

  @Override
  public float weight(Terms.Term term, PreparedExperts experts, TensorPlace tensor) {
    double squares = experts.products().of(tensor, term.expert(), term.expert());
    return (float) (term.weight() * (squares / tensor.elements()));
  }

  @Override
  public InnerProducts.Pairs products() {
    return sharesPrefixes() ? InnerProducts.Pairs.OWN : InnerProducts.Pairs.NONE;
  }
}
