package org.mergetomix.report.chart;

/** A rectangle in a drawing. */
public record Box(double left, double top, double width, double height) {

  /** Half way from left to right. */
  public double middle() {
    return left + width / 2;
  }
}
