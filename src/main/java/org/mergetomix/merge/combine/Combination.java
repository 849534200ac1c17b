package org.mergetomix.merge.combine;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.mergetomix.merge.sparsify.PreparedDelta;
import org.mergetomix.tensor.TensorPlace;

/** How the prepared deltas of a mixture become one merged delta. */
public sealed interface Combination extends Serializable
    permits WeightedSum, SignConsensus, ModelStock, SelectCalculateErase {

  /** The arithmetic for a mixture; how it accumulates depends on nothing but {@code sums()}. */
  Kernel kernel(Terms terms);

  /** Whether a mixture can go on from the sums of a shorter one; otherwise it is merged alone. */
  default boolean sharesPrefixes() {
    return true;
  }

  /**
   * The merged delta of one mixture, where it cannot be made from sums that others share.
   *
   * @param experts the deltas of all experts
   */
  default Optional<MergedDelta> alone(Terms terms, List<PreparedDelta> experts) {
    return Optional.empty();
  }

  /** What a tensor's merged delta is multiplied by. */
  double factor(Terms terms, InnerProducts products, TensorPlace tensor);

  /** The weight of a dataset's delta in a tensor. */
  default float weight(Terms.Term term, InnerProducts products, TensorPlace tensor) {
    return term.weight();
  }

  /** The products of deltas that are asked for, computed once for all mixtures. */
  default InnerProducts.Pairs products() {
    return InnerProducts.Pairs.NONE;
  }
}
