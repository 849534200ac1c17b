package org.mergetomix.report;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.mergetomix.preflight.Preflight;
import org.mergetomix.report.chart.Decimals;
import org.mergetomix.report.chart.Markup;

/** How much the deltas of two datasets point the same way. */
final class CosineMap {

  private CosineMap() {}

  static void draw(Markup page, Preflight figures) {
    List<String> datasets = List.copyOf(figures.experts().keySet());
    new PairMap(datasets, figures::cosine, 1, "tied", new Decimals(2))
        .draw(
            page,
            "chart-cosines",
            "Cosines between the experts' deltas",
            description(figures, datasets));
  }

  private static String description(Preflight figures, List<String> datasets) {
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
