package org.mergetomix.hocon;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a single value is, and how messages show it. */
final class Values {

  /** Up to 18 digits always fit into 64 bits. */
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,18})(?: ?(?:([KMGT])i)?B)?");

  private static final String PREFIXES = "KMGT";

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

  /**
   * The bytes that the value stands for: a whole number, or text of one and a unit. Only units of
   * 1024 are taken, since the others mean different things to different people.
   */
  static Optional<Long> bytes(ConfigValue value) {
    if (value.valueType() == ConfigValueType.NUMBER) {
      return whole(value);
    }
    Matcher text = BYTES.matcher(String.valueOf(value.unwrapped()));
    if (value.valueType() != ConfigValueType.STRING || !text.matches()) {
      return Optional.empty();
    }
    String prefix = Optional.ofNullable(text.group(2)).orElse("");
    long unit = 1L << (10 * (1 + PREFIXES.indexOf(prefix.isEmpty() ? ' ' : prefix.charAt(0))));
    long number = Long.parseLong(text.group(1));
    return number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
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
