package org.mergetomix.data;

import java.util.Locale;

/**
 * Where a row stands.
 *
 * @param file the file's name
 * @param unit what is counted in it
 * @param number from 1, with those that are left out
 */
public record RowPlace(String file, Unit unit, long number) {

  /** What is counted in a file. */
  public enum Unit {
    LINE,
    ROW
  }

  /** What is counted, as a column's name: {@code line}. */
  public String unitName() {
    return unit.name().toLowerCase(Locale.ROOT);
  }

  /** For a message: {@code es.txt:3}, or {@code es.parquet, row 3}. */
  public String where() {
    return file + (unit == Unit.LINE ? ":" : ", row ") + number;
  }
}
