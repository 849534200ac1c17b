package org.mergetomix.hocon;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Optional;

/** What a single value is, and how messages show it. */
final class Values {

  private Values() {}

  /**
   * The value if it is a whole number of 64 bits. The library keeps as such whatever is one,
   * however it is written; {@code 1e3} too.
   */
  static Optional<Long> whole(ConfigValue value) {
    Object number = value.unwrapped();
    return number instanceof Integer || number instanceof Long
        ? Optional.of(((Number) number).longValue())
        : Optional.empty();
  }

  /** The value as its author wrote it; what has parts is only named. */
  static String show(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "a group of keys";
      case LIST -> "a list";
      // As text, a number is what was written; rendered, it would be what was understood.
      case NUMBER -> value.atKey("number").getString("number");
      default -> value.render(ConfigRenderOptions.concise());
    };
  }
}
