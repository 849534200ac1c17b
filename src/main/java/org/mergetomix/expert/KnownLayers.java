package org.mergetomix.expert;

import java.io.Serializable;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.mergetomix.family.Family;
import org.mergetomix.tensor.TensorSpec;

/**
 * What the family of a base says about its layers; of a base whose family is not known, nothing.
 * Immutable.
 *
 * @param weights the weights of linear layers whose order is known
 * @param transposed those of them that are stored [inputs, outputs]
 * @param buffers ends of names that are no weights, though old checkpoints have them
 * @param head the weight of the output; may be empty
 * @param basePrefix how names begin that a base which was saved without its head lacks; may be
 *     empty
 */
record KnownLayers(
    SortedSet<String> weights,
    SortedSet<String> transposed,
    SortedSet<String> buffers,
    String head,
    String basePrefix)
    implements Serializable {

  static final KnownLayers NONE =
      new KnownLayers(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), "", "");

  static KnownLayers of(Family family) {
    SortedSet<String> weights = new TreeSet<>(family.linear());
    weights.add(family.head());
    return new KnownLayers(
        weights,
        new TreeSet<>(family.transposed()),
        new TreeSet<>(family.buffers()),
        family.head(),
        family.basePrefix());
  }

  /** Whether a weight is stored [inputs, outputs]; empty where that is not known. */
  Optional<Boolean> isTransposed(String weight) {
    return weights.contains(weight) ? Optional.of(transposed.contains(weight)) : Optional.empty();
  }

  /** Whether a weight is a linear layer's, but not the output's; empty where that is not known. */
  Optional<Boolean> isLinear(String weight) {
    return weights.isEmpty()
        ? Optional.empty()
        : Optional.of(weights.contains(weight) && !weight.equals(head));
  }

  /** Whether a tensor of this name is no weight. */
  boolean isBuffer(String name) {
    return buffers.stream().anyMatch(name::endsWith);
  }

  /** The base's name for one that was saved with or without its head, unlike the base. */
  String inBase(String name, SortedMap<String, TensorSpec> base) {
    if (basePrefix.isEmpty() || base.containsKey(name)) {
      return name;
    }
    String other =
        name.startsWith(basePrefix) ? name.substring(basePrefix.length()) : basePrefix + name;
    return base.containsKey(other) ? other : name;
  }
}
