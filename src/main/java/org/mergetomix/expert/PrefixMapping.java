package org.mergetomix.expert;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * How names of an expert become names of the base: what begins with {@code from} begins with {@code
 * to} instead. Either may be empty. A {@code from} that begins with {@code *} stands for a part
 * anywhere in the name, of which the first is replaced.
 *
 * @param from the beginning of the expert's name, or {@code *} and a part of it
 * @param to what stands there in the base's name
 */
public record PrefixMapping(String from, String to) implements Serializable {

  private static final String ANYWHERE = "*";

  public PrefixMapping {
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
  }

  boolean applies(String name) {
    return inner() ? name.contains(part()) : name.startsWith(from);
  }

  String apply(String name) {
    int at = inner() ? name.indexOf(part()) : 0;
    return name.substring(0, at) + to + name.substring(at + part().length());
  }

  /** The name that becomes this one, where there is just one. */
  Optional<String> before(String applied) {
    return !inner() && applied.startsWith(to)
        ? Optional.of(from + applied.substring(to.length()))
        : Optional.empty();
  }

  private boolean inner() {
    return from.startsWith(ANYWHERE);
  }

  private String part() {
    return inner() ? from.substring(ANYWHERE.length()) : from;
  }
}
