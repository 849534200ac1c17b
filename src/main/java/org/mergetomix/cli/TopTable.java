package org.mergetomix.cli;

import java.util.List;
import org.mergetomix.table.RankedRow;

/** The best mixtures, as the console shows them. */
final class TopTable {

  private TopTable() {}

  /** Prints a blank line and a row per mixture, at least one; all have a rank. */
  static void print(Console console, List<RankedRow> top, String unit) {
    console.line("");
    int width = top.stream().mapToInt(row -> row.mixture().length()).max().orElse(0);
    console.line("%-4s  %-" + width + "s  %18s  %s", "rank", "mixture", unit, "gap to the best");
    for (RankedRow row : top) {
      console.line(
          "%-4d  %-" + width + "s  %18s  %18s",
          row.rank().orElseThrow(),
          row.mixture(),
          Console.text(row.score()),
          Console.text(row.gap()));
    }
    console.explain(top.stream().map(RankedRow::score));
  }
}
