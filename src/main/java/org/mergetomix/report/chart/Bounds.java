package org.mergetomix.report.chart;

import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;
import org.mergetomix.score.Estimate;

/** From where to where: a 95 % interval, or what a chart has to show. */
public record Bounds(double low, double high) {

  /** The 95 % interval; only the value where the error is not known. */
  public static Bounds of(Estimate estimate) {
    double half = estimate.margin();
    double reach = Double.isFinite(half) ? half : 0;
    return new Bounds(estimate.value() - reach, estimate.value() + reach);
  }

  /** What holds all intervals; 0 to 1 if there are none. */
  public static Bounds of(Collection<Estimate> estimates) {
    DoubleSummaryStatistics ends =
        estimates.stream()
            .map(Bounds::of)
            .flatMapToDouble(bounds -> DoubleStream.of(bounds.low, bounds.high))
            .filter(Double::isFinite)
            .summaryStatistics();
    return ends.getCount() == 0 ? new Bounds(0, 1) : new Bounds(ends.getMin(), ends.getMax());
  }

  /** How far the ends are apart. */
  public double span() {
    return high - low;
  }

  /** Whether a value lies within, ends included. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** These bounds, wide enough for a value too. */
  public Bounds including(double value) {
    return new Bounds(Math.min(low, value), Math.max(high, value));
  }
}
