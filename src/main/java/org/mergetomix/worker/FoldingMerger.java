package org.mergetomix.worker;

import java.util.Optional;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.merge.Merger;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.TensorSink;

/**
 * Merges by a worker that holds what the experts add to the base: nothing is written but the
 * numbers that these are multiplied by. The worker's sums have another order than {@link
 * org.mergetomix.merge.PrefixMerger}'s, so surrogates are the same up to float32 rounding; they
 * equal themselves bit for bit.
 */
public final class FoldingMerger implements Merger {

  private final FactoredExperts experts;
  private final SharedFileTarget target;

  /** A merger for the target of a worker that was given these experts. */
  public FoldingMerger(FactoredExperts experts, SharedFileTarget target) {
    this.experts = experts;
    this.target = target;
  }

  @Override
  public void merge(Mixture mixture, Optional<Mixture> next, TensorSink sink) {
    if (sink != target) {
      throw new IllegalArgumentException("Another target than the worker's");
    }
    target.scaling(experts.scalars(mixture));
  }
}
