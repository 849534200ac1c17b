package org.mergetomix.table;

import java.util.regex.Pattern;
import org.mergetomix.location.Location;

/** Paths for Spark to read, which would take {@code *} or {@code [1]} in a name for a pattern. */
final class LiteralPath {

  private static final Pattern SPECIAL = Pattern.compile("[{}\\[\\]*?\\\\]");

  private LiteralPath() {}

  /** The location as a pattern that only this location matches. */
  static String of(Location location) {
    return SPECIAL.matcher(location.uri()).replaceAll("\\\\$0");
  }
}
