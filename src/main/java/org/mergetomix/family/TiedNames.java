package org.mergetomix.family;

import java.io.Serializable;
import java.util.Optional;

/**
 * Two names of one tensor, as of an output layer that shares the embedding's weights. A checkpoint
 * may have the tensor under either name, or under both.
 *
 * @param first one name in the base
 * @param second the other
 */
public record TiedNames(String first, String second) implements Serializable {

  public TiedNames {
    if (first.equals(second)) {
      throw new IllegalArgumentException("A tensor is not tied to itself: " + first);
    }
  }

  /** The name beside {@code name}; empty if that is neither. */
  public Optional<String> partner(String name) {
    if (name.equals(first)) {
      return Optional.of(second);
    }
    return name.equals(second) ? Optional.of(first) : Optional.empty();
  }
}
