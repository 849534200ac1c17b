package org.mergetomix.table;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Paths for Spark to read, which would take {@code *} or {@code [1]} in a name for a pattern. */
final class LiteralPath {

  private static final Pattern SPECIAL = Pattern.compile("[{}\\[\\]*?\\\\]");

  private LiteralPath() {}

  /** The path as a pattern that only this path matches. */
  static String of(Path path) {
    return SPECIAL.matcher(path.toString()).replaceAll("\\\\$0");
  }
}
