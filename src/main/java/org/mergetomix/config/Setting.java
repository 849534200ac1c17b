package org.mergetomix.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.mergetomix.hocon.Findings;

/**
 * One {@code key=value} of the command line. The value is not HOCON, so that a path or {@code
 * local[*]} needs no quotes; where the default is a number or {@code auto}, a number is read as
 * one, and where it is a list, what stands between commas.
 */
final class Setting {

  /** A default in whose place a number can stand. */
  private static final String AUTOMATIC = "auto";

  private Setting() {}

  /** The setting as a configuration of one key; empty after a problem. */
  static Config parse(String setting, Config reference, Findings findings) {
    String source = "--set " + setting;
    findings.announce(source);
    int equals = setting.indexOf('=');
    if (equals <= 0) {
      findings.add("A setting is not of the form key=value", source, "");
      return ConfigFactory.empty();
    }
    String key = setting.substring(0, equals);
    String text = setting.substring(equals + 1);
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      findings.add(
          "The value of " + key + " is in quotes",
          source,
          "Leave them out: it is taken as it stands");
      return ConfigFactory.empty();
    }
    try {
      boolean numeric =
          reference.hasPath(key)
              && (reference.getValue(key).valueType() == ConfigValueType.NUMBER
                  || AUTOMATIC.equals(reference.getValue(key).unwrapped()));
      boolean list =
          reference.hasPath(key) && reference.getValue(key).valueType() == ConfigValueType.LIST;
      Object value = numeric ? number(text) : list ? items(text) : text;
      return ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value, source));
    } catch (ConfigException.BadPath e) {
      findings.add("\"" + key + "\" is not a key", source, "A key is words with dots between");
      return ConfigFactory.empty();
    }
  }

  /** What stands between commas; nothing where there is no text. */
  private static List<String> items(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  /** The number the text spells; the text itself when it spells none, to be refused as such. */
  private static Object number(String text) {
    try {
      BigDecimal number = new BigDecimal(text);
      try {
        return number.longValueExact();
      } catch (ArithmeticException notWhole) {
        return number.doubleValue();
      }
    } catch (NumberFormatException notNumber) {
      return text;
    }
  }
}
