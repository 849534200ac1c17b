package org.mergetomix.report.chart;

/** Texts cut to the room that a chart has; the tables hold them whole. */
public final class Labels {

  private Labels() {}

  /** At most {@code most} characters, the middle left out where there are more. */
  public static String fit(String text, int most) {
    int length = text.codePointCount(0, text.length());
    if (length <= most) {
      return text;
    }
    int head = most / 2;
    int tail = most - head - 1;
    return text.substring(0, text.offsetByCodePoints(0, head))
        + "…"
        + text.substring(text.offsetByCodePoints(text.length(), -tail));
  }
}
