package org.mergetomix.report.chart;

/** A shape that stands for a value, so that colour never tells two kinds apart alone. */
public enum Mark {
  DOT("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z"),
  RING("M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z"),
  DIAMOND("M0 -7L7 0L0 7L-7 0z"),
  SQUARE("M-5 -5H5V5H-5z"),
  TRIANGLE_UP("M0 -6.5L6 4.5H-6z"),
  TRIANGLE_DOWN("M0 6.5L6 -4.5H-6z");

  private final String outline;

  Mark(String outline) {
    this.outline = outline;
  }

  /** An SVG path around the origin, about 10 units wide. */
  String outline() {
    return outline;
  }
}
