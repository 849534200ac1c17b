package org.mergetomix.report;

/** A rectangle in a drawing. */
record Box(double left, double top, double width, double height) {

  /** Half way from left to right. */
  double middle() {
    return left + width / 2;
  }
}
