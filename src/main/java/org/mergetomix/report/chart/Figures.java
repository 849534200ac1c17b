package org.mergetomix.report.chart;

import java.util.Locale;

/** Counts, shares and times as the report shows them, whatever the machine's language. */
public final class Figures {

  private static final String NOT_KNOWN = "–";
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;

  private Figures() {}

  /** A count with its digits in groups of three: {@code 12 345}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count).replace(',', '\u202F');
  }

  /** A count and what is counted: {@code 1 mixture}, {@code 2 mixtures}. */
  public static String count(long count, String noun) {
    return count(count) + " " + (count == 1 ? noun : noun + "s");
  }

  /** A share, as {@code 2.1 %}. */
  public static String percent(double share) {
    if (!Double.isFinite(share)) {
      return NOT_KNOWN;
    }
    String format = Math.abs(share) < 0.0995 ? "%.1f\u00A0%%" : "%.0f\u00A0%%";
    return String.format(Locale.ROOT, format, 100 * share);
  }

  /** A time, as {@code 0.42 s}, {@code 42 s}, {@code 4 min 02 s} or {@code 3 h 05 min}. */
  public static String duration(double seconds) {
    if (!Double.isFinite(seconds)) {
      return NOT_KNOWN;
    }
    if (seconds < 9.995) {
      return String.format(Locale.ROOT, "%.2f\u00A0s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < MINUTE) {
      return whole + "\u00A0s";
    }
    if (whole < HOUR) {
      return String.format(Locale.ROOT, "%d\u00A0min %02d\u00A0s", whole / MINUTE, whole % MINUTE);
    }
    long minutes = Math.round(seconds / MINUTE);
    return String.format(
        Locale.ROOT, "%d\u00A0h %02d\u00A0min", minutes / MINUTE, minutes % MINUTE);
  }
}
