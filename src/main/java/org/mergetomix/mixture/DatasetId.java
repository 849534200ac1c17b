package org.mergetomix.mixture;

import java.util.regex.Pattern;

/**
 * The rule for ids of datasets. It leaves out {@code +} and {@code :}, which have a meaning in the
 * ids of mixtures, and everything that would need quoting in a file name or a table.
 */
public final class DatasetId {

  /** The rule in words, to be shown to a user. */
  public static final String RULE =
      "letters, digits, '.', '_' and '-', beginning with a letter or a digit";

  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private DatasetId() {}

  /** Whether {@code id} keeps the {@link #RULE}. */
  public static boolean isValid(String id) {
    return PATTERN.matcher(id).matches();
  }
}
