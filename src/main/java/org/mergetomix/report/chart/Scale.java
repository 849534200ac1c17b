package org.mergetomix.report.chart;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Maps values to positions in a chart, linearly.
 *
 * @param shown the values at the two ends
 * @param from position of the low end
 * @param to position of the high end; below {@code from} where the axis points up
 */
public record Scale(Bounds shown, double from, double to) {

  /** Room beside the outermost values, as a share of all. */
  private static final double MARGIN = 0.04;

  /** A scale that shows the bounds with some room beside them. */
  public static Scale around(Bounds bounds, double from, double to) {
    double room = bounds.span() > 0 ? bounds.span() * MARGIN : roomAround(bounds.low());
    return new Scale(new Bounds(bounds.low() - room, bounds.high() + room), from, to);
  }

  /** For a single value, whose size is all there is to go by. */
  private static double roomAround(double value) {
    return value == 0 ? 1 : Math.abs(value) / 20;
  }

  /** Where a value is drawn. */
  public double at(double value) {
    return from + (value - shown.low()) / shown.span() * (to - from);
  }

  /** The smallest of 1, 2, 5, 10, ... that makes at most {@code most} steps. */
  public double step(int most) {
    double coarse = shown.span() / most;
    double power = Math.pow(10, Math.floor(Math.log10(coarse)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= coarse) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Multiples of {@code step} within the scale. */
  public List<Double> ticks(double step) {
    long first = (long) Math.ceil(shown.low() / step);
    long last = (long) Math.floor(shown.high() / step);
    return LongStream.rangeClosed(first, last).mapToObj(count -> count * step).toList();
  }
}
