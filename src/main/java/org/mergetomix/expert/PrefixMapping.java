package org.mergetomix.expert;

import java.io.Serializable;
import java.util.Objects;

/**
 * How names of an expert become names of the base: what begins with {@code from} begins with {@code
 * to} instead. Either may be empty.
 *
 * @param from the beginning of the expert's name
 * @param to the beginning of the base's name
 */
public record PrefixMapping(String from, String to) implements Serializable {

  public PrefixMapping {
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
  }

  boolean applies(String name) {
    return name.startsWith(from);
  }

  String apply(String name) {
    return to + name.substring(from.length());
  }
}
