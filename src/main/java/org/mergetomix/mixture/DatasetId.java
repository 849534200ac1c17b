package org.mergetomix.mixture;

import java.util.regex.Pattern;

/** What a dataset may be called, so that a mixture's id can be read back. */
public final class DatasetId {

  /** Letters, digits, dots, underscores and hyphens, beginning with a letter or digit. */
  public static final String PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]*";

  private static final Pattern COMPILED = Pattern.compile(PATTERN);

  private DatasetId() {}

  /** Whether {@code id} can be part of a mixture's id. */
  public static boolean isValid(String id) {
    return COMPILED.matcher(id).matches();
  }
}
