package org.mergetomix.memory;

import java.util.List;
import java.util.Locale;

/**
 * A number of bytes, for people.
 *
 * @param bytes at least 0
 */
public record ByteCount(long bytes) {

  private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");
  private static final int STEP = 1024;

  /** From here on a number would be shown as 1024.0. */
  private static final double NEXT = STEP - 0.05;

  /** Rounded to a tenth of its unit: {@code 512 B}, {@code 4.4 MiB}. */
  public String text() {
    double value = bytes;
    int unit = 0;
    while (value >= (unit == 0 ? STEP : NEXT)) {
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS.get(unit));
  }

  /** Whole units, no less than this: {@code 4506 KiB}, as a key of the configuration takes it. */
  String roundedUp() {
    long value = bytes;
    int unit = 0;
    // Rounded twice, up each time, so it is never too little.
    while (value >= 10 * STEP && unit < 4) {
      value = -Math.floorDiv(-value, STEP);
      unit++;
    }
    return value + " " + UNITS.get(unit);
  }

  /** Whole mebibytes, no less than this, as Spark's settings take them: {@code 4506m}. */
  String forSpark() {
    return -Math.floorDiv(-bytes, STEP * STEP) + "m";
  }

  @Override
  public String toString() {
    return text();
  }
}
