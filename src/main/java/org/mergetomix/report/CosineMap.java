package org.mergetomix.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Markup;

/** How much two of several directions are the same. */
final class CosineMap {

  private CosineMap() {}

  /**
   * Draws the map.
   *
   * @param title what the cosines are between
   * @param datasets two or more
   * @param cosine of two of them
   */
  static void draw(
      Markup page, String title, List<String> datasets, ToDoubleBiFunction<String, String> cosine) {
    new PairMap(datasets, cosine, 1, "tied", new Decimals(2))
        .draw(page, "chart-cosines", title, description(cosine, datasets));
  }

  private static String description(
      ToDoubleBiFunction<String, String> cosine, List<String> datasets) {
    OptionalDouble greatest =
        datasets.stream()
            .flatMapToDouble(
                one ->
                    datasets.stream()
                        .filter(other -> one.compareTo(other) < 0)
                        .mapToDouble(other -> cosine.applyAsDouble(one, other)))
            .filter(Double::isFinite)
            .max();
    return greatest.isEmpty()
        ? "No cosine is known."
        : String.format(Locale.ROOT, "The greatest is %.2f.", greatest.getAsDouble());
  }
}
