package org.mergetomix.output;

import java.util.regex.Pattern;
import org.mergetomix.location.Location;

/** Paths for Spark to read, which would take {@code *} or {@code [1]} in a name for a pattern. */
public final class LiteralPath {

  private static final Pattern SPECIAL = Pattern.compile("[{}\\[\\]*?\\\\]");

  private LiteralPath() {}

  /** The location as a pattern that only this location matches. */
  public static String of(Location location) {
    return SPECIAL.matcher(location.uri()).replaceAll("\\\\$0");
  }
}
