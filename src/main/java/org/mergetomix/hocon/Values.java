package org.mergetomix.hocon;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Optional;

/** What a single value is, and how messages show it. */
final class Values {

  /** Above it, doubles skip whole numbers, so one written as 1e17 may not be the one meant. */
  private static final double LARGEST_EXACT = 0x1p53;

  private Values() {}

  /** The value if it is a whole number of 64 bits, however it is written; {@code 1e3} is one. */
  static Optional<Long> whole(ConfigValue value) {
    Object number = value.unwrapped();
    if (number instanceof Integer || number instanceof Long) {
      return Optional.of(((Number) number).longValue());
    }
    if (number instanceof Double real
        && real.equals(Math.rint(real))
        && Math.abs(real) <= LARGEST_EXACT) {
      return Optional.of(real.longValue());
    }
    return Optional.empty();
  }

  /** The value as its author wrote it; what has parts is only named. */
  static String show(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "a group of keys";
      case LIST -> "a list";
      default -> value.render(ConfigRenderOptions.concise());
    };
  }
}
