package org.mergetomix.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Markup;

/** How much two of several directions are the same. */
final class CosineMap {

  private CosineMap() {}

  /** How much two point the same way. */
  @FunctionalInterface
  interface Cosines {
    double cosine(String one, String other);
  }

  /**
   * Draws the map.
   *
   * @param title what the cosines are between
   * @param datasets two or more
   */
  static void draw(Markup page, String title, List<String> datasets, Cosines figures) {
    new PairMap(datasets, figures::cosine, 1, "tied", new Decimals(2))
        .draw(page, "chart-cosines", title, description(figures, datasets));
  }

  private static String description(Cosines figures, List<String> datasets) {
    OptionalDouble greatest =
        datasets.stream()
            .flatMapToDouble(
                one ->
                    datasets.stream()
                        .filter(other -> one.compareTo(other) < 0)
                        .mapToDouble(other -> figures.cosine(one, other)))
            .filter(Double::isFinite)
            .max();
    return greatest.isEmpty()
        ? "No cosine is known."
        : String.format(Locale.ROOT, "The greatest is %.2f.", greatest.getAsDouble());
  }
}
