package org.mergetomix.hocon;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The names of an enum's constants as people write them: {@code language-modelling}. */
public final class Choice {

  private Choice() {}

  /** The constant's name in lower case with hyphens. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of all constants, in their order. */
  static List<String> names(Class<? extends Enum<?>> choices) {
    return Arrays.stream(choices.getEnumConstants()).map(Choice::name).toList();
  }

  /** The constant of that name. */
  static <E extends Enum<E>> Optional<E> named(String name, Class<E> choices) {
    return Arrays.stream(choices.getEnumConstants())
        .filter(constant -> name(constant).equals(name))
        .findFirst();
  }
}
