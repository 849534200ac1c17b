package org.mergetomix.report.chart;

import java.util.Locale;

/**
 * An SVG drawing within the page. It scales to the width it is given; colours and the size of text
 * are the style sheet's, by class.
 */
public final class Chart {

  /** Width in drawing units; a page shows it wider or narrower. */
  public static final double WIDTH = 520;

  /** Height of a line of text in drawing units, at its largest (on phones). */
  public static final double TEXT_HEIGHT = 17;

  /** Which end of a text its position gives. */
  public enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final Markup page;

  private Chart(Markup page) {
    this.page = page;
  }

  /**
   * Begins a drawing.
   *
   * @param id unique within the page
   * @param title what it shows, for those who cannot see it
   * @param description its message in words, for the same readers
   */
  public static Chart open(
      Markup page, String id, double height, String title, String description) {
    page.open(
        "svg",
        "class",
        "chart",
        "viewBox",
        "0 0 " + number(WIDTH) + " " + number(height),
        "role",
        "img",
        "aria-label",
        title,
        "aria-describedby",
        id);
    page.newLine().line("title", title).line("desc", description, "id", id);
    return new Chart(page);
  }

  public void close() {
    page.closeLine();
  }

  /** Begins what belongs together and shows {@code tooltip} under a pointer. */
  public void openGroup(String style, String tooltip) {
    page.open("g", "class", style).element("title", tooltip);
  }

  /** Ends the group that was opened last. */
  public void closeGroup() {
    page.closeLine();
  }

  /** Draws a line. */
  public void line(String style, double x1, double y1, double x2, double y2) {
    page.empty(
            "line",
            "class",
            style,
            "x1",
            number(x1),
            "y1",
            number(y1),
            "x2",
            number(x2),
            "y2",
            number(y2))
        .newLine();
  }

  /** Writes a text at a place. */
  public void text(String style, Anchor anchor, double x, double y, String text) {
    page.line(
        "text",
        text,
        "class",
        style,
        "text-anchor",
        anchor.name().toLowerCase(Locale.ROOT),
        "x",
        number(x),
        "y",
        number(y));
  }

  void mark(Mark mark, double x, double y) {
    page.empty(
        "path",
        "class",
        "mark " + mark.name().toLowerCase(Locale.ROOT),
        "transform",
        "translate(" + number(x) + " " + number(y) + ")",
        "d",
        mark.outline());
  }

  /** A cell of a map, in its group's colour: faint for 0, full for 1. */
  public void cell(double strength, Box box) {
    page.empty(
            "rect",
            "class",
            "cell",
            "fill-opacity",
            String.format(Locale.ROOT, "%.2f", strength),
            "x",
            number(box.left()),
            "y",
            number(box.top()),
            "width",
            number(box.width()),
            "height",
            number(box.height()))
        .newLine();
  }

  /** An error bar along x. */
  void acrossBar(double x1, double x2, double y) {
    bar("M" + number(x1) + " " + number(y) + "H" + number(x2));
  }

  /** An error bar along y. */
  void uprightBar(double x, double y1, double y2) {
    bar("M" + number(x) + " " + number(y1) + "V" + number(y2));
  }

  private void bar(String path) {
    page.empty("path", "class", "bar", "d", path);
  }

  /** Draws a path, in the words of SVG. */
  public void curve(String path) {
    page.empty("path", "class", "curve", "d", path).newLine();
  }

  /** A coordinate: a tenth of a unit is finer than a screen shows. */
  public static String number(double coordinate) {
    String text = String.format(Locale.ROOT, "%.1f", coordinate);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
