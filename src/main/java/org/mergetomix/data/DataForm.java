package org.mergetomix.data;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a file of data is written, as its name says it.
 *
 * @param layout how its rows are written
 * @param compression how its bytes are
 */
public record DataForm(Layout layout, Compression compression) implements Serializable {

  private static final Map<String, Compression> COMPRESSIONS =
      new TreeMap<>(Map.of(".gz", Compression.GZIP, ".zst", Compression.ZSTD));

  private static final Map<String, Layout> LAYOUTS =
      new TreeMap<>(
          Map.of(
              ".jsonl", Layout.JSON_LINES,
              ".ndjson", Layout.JSON_LINES,
              ".json", Layout.JSON_LINES,
              ".parquet", Layout.PARQUET));

  /** How rows are written. */
  public enum Layout {
    /** UTF-8, a text a line. */
    LINES,
    /** UTF-8, an object of JSON a line. */
    JSON_LINES,
    /** Parquet, which compresses by itself. */
    PARQUET
  }

  /** How bytes are written. */
  public enum Compression {
    NONE,
    GZIP,
    ZSTD
  }

  /**
   * The form of a file of this name: {@code .jsonl}, {@code .ndjson} and {@code .json} are JSON
   * Lines, {@code .parquet} is Parquet, everything else is lines of text; {@code .gz} or {@code
   * .zst} may follow.
   */
  public static DataForm of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Compression> compression : COMPRESSIONS.entrySet()) {
      String suffix = compression.getKey();
      if (lower.endsWith(suffix)) {
        String inner = lower.substring(0, lower.length() - suffix.length());
        return new DataForm(layout(inner), compression.getValue());
      }
    }
    return new DataForm(layout(lower), Compression.NONE);
  }

  private static Layout layout(String name) {
    return LAYOUTS.entrySet().stream()
        .filter(layout -> name.endsWith(layout.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Layout.LINES);
  }
}
