package org.mergetomix.report.chart;

import java.util.List;

/** What the marks of a chart mean. It stands beside the chart, so that it wraps on a phone. */
public final class Legend {

  private Legend() {}

  /**
   * One mark and its meaning.
   *
   * @param style CSS class that colours the mark, as in the chart
   */
  public record Entry(Mark mark, String style, String meaning) {}

  /** Writes a legend under a chart. */
  public static void write(Markup page, List<Entry> entries) {
    page.open("ul", "class", "legend").newLine();
    for (Entry entry : entries) {
      page.open("li")
          .open("svg", "viewBox", "-8 -8 16 16", "class", entry.style(), "aria-hidden", "true")
          .empty("path", "class", markStyle(entry.mark()), "d", entry.mark().outline())
          .close()
          .text(entry.meaning())
          .closeLine();
    }
    page.closeLine();
  }

  private static String markStyle(Mark mark) {
    return mark == Mark.RING ? "mark ring" : "mark";
  }
}
