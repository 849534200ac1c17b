package org.mergetomix.merge;

import java.io.Serializable;
import org.mergetomix.tensor.TensorPlace;

/** How the prepared deltas of a mixture become one merged delta. */
public sealed interface Combination extends Serializable
    permits WeightedSum, SignConsensus, ModelStock, SelectCalculateErase {

  /** The arithmetic for a mixture; how it accumulates depends on nothing but {@code sums()}. */
  Kernel kernel(Terms terms);

  /** Whether a mixture can go on from the sums of a shorter one. */
  default boolean sharesPrefixes() {
    return true;
  }

  /** What a tensor's merged delta is multiplied by. */
  double factor(Terms terms, PreparedExperts experts, TensorPlace tensor);

  /** The weight of a dataset's delta in a tensor. */
  default float weight(Terms.Term term, PreparedExperts experts, TensorPlace tensor) {
    return term.weight();
  }

  /** The products of deltas that are asked for, computed once for all mixtures. */
  default InnerProducts.Pairs products() {
    return InnerProducts.Pairs.NONE;
  }
}
