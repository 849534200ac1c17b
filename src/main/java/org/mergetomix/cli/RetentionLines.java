package org.mergetomix.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.mergetomix.problem.Problem;
import org.mergetomix.spark.HeldOutRetention;
import org.mergetomix.statistics.correction.Retention;

/** How much a merge keeps of what experts gained on text that was held out, as lines of text. */
final class RetentionLines {

  private RetentionLines() {}

  /** Prints the mean and its ends, and who is not in it. */
  static void print(Console console, HeldOutRetention found) {
    found.retention().ifPresent(retention -> print(console, retention));
    if (!found.unknown().isEmpty()) {
      console.line(
          "Retention not measured, for not fine-tuned here without what is held out: %s.",
          String.join(", ", found.unknown()));
    }
  }

  private static void print(Console console, Retention retention) {
    if (!retention.kept().isEmpty()) {
      Comparator<Map.Entry<String, Double>> byShare = Map.Entry.comparingByValue();
      console.line(
          "Retention: of what experts gained on text of their datasets that was held out, a merge"
              + " of all keeps %s on average, from %s to %s.",
          percent(retention.mean()),
          end(retention.kept().entrySet().stream().min(byShare).orElseThrow()),
          end(retention.kept().entrySet().stream().max(byShare).orElseThrow()));
    }
    if (!retention.withoutGain().isEmpty()) {
      console.warnings(
          List.of(
              new Problem(
                  "Experts are no better than the base on held-out text of their own datasets",
                  String.join(", ", retention.withoutGain()),
                  "Fine-tune them otherwise, or leave them out")));
    }
  }

  private static String end(Map.Entry<String, Double> expert) {
    return percent(expert.getValue()) + " (" + expert.getKey() + ")";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }
}
