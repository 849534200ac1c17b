package org.mergetomix.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mergetomix.preflight.Preflight;

/** How far the experts moved and how much they agree, as lines of text. */
final class PreflightTable {

  private static final String DATASET = "dataset";

  private PreflightTable() {}

  /** Prints a line an expert and what is to be warned of. */
  static void print(Console console, Preflight figures) {
    if (!figures.measured()) {
      console.line("No expert is there yet, so there is nothing to measure.");
      return;
    }
    int width = DATASET.length();
    for (String dataset : figures.experts().keySet()) {
      width = Math.max(width, dataset.length());
    }
    String row = "%-" + width + "s  %7s  %7s  %9s  %s";
    console.line("");
    console.line(row, DATASET, "drift", "moved", "cosine", "most drift in");
    for (Map.Entry<String, Preflight.Movement> expert : figures.experts().entrySet()) {
      console.line(
          row,
          expert.getKey(),
          percent(expert.getValue().drift()),
          percent(expert.getValue().movedShare()),
          nearest(figures, expert.getKey()),
          farthest(expert.getValue()));
    }
    console.line("");
    console.line("drift: norm of the delta over the base's. moved: share of the parameters.");
    console.line("cosine: with the delta that is most alike.");
    if (figures.warnings().isEmpty()) {
      console.line(
          "The experts stayed within %s of the base, and no two of them moved alike or against"
              + " each other.",
          percent(figures.driftLimit()));
    }
    figures.warnings().forEach(warning -> console.line("Warning: %s", warning));
  }

  /** The greatest cosine with another dataset, and whose it is. */
  private static String nearest(Preflight figures, String dataset) {
    List<String> others =
        figures.experts().keySet().stream().filter(other -> !other.equals(dataset)).toList();
    return others.stream()
        .max(Comparator.comparingDouble(other -> figures.cosine(dataset, other)))
        .map(other -> number("%.2f", figures.cosine(dataset, other)) + " " + other)
        .orElse("-");
  }

  private static String farthest(Preflight.Movement expert) {
    return expert.layers().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(layer -> layer.getKey() + ", " + percent(layer.getValue()))
        .orElse("-");
  }

  private static String percent(double share) {
    return number("%.1f %%", 100 * share);
  }

  private static String number(String format, double number) {
    return Double.isFinite(number) ? String.format(Locale.ROOT, format, number) : "-";
  }
}
