package org.mergetomix.cli;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.mergetomix.search.replay.Recording;
import org.mergetomix.search.replay.RegretCurve;
import org.mergetomix.search.replay.RegretCurve.Spread;
import org.mergetomix.search.replay.Replay;
import org.mergetomix.spark.ReplayAction;

/** What replays found: a column a strategy. */
final class RegretTable {

  private static final int[] BUDGETS = {
    1, 2, 3, 5, 7, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500, 1000, 2000, 4000
  };

  private final Console console;
  private final List<RegretCurve> curves;
  private final int repeats;

  private RegretTable(Console console, List<RegretCurve> curves) {
    this.console = console;
    this.curves = curves;
    this.repeats = curves.get(0).outcomes().size();
  }

  static void print(Console console, ReplayAction.Result result) {
    Recording recording = result.recording();
    console.line(
        "%,d recorded mixtures of %d datasets, %s",
        recording.size(), recording.datasets().size(), recording.objective().describe());
    console.line("Best: %s with %.4f", recording.best(), recording.score(recording.best()));
    console.line("");
    new RegretTable(console, result.curves()).print(recording.regretUnit());
  }

  private void print(String unit) {
    console.line(
        "Regret in %s%s, by evaluations of a mixture on all examples",
        unit, repeats == 1 ? "" : ", median (worst) of " + repeats + " repetitions");
    row("", RegretCurve::name);
    double most = curves.stream().mapToDouble(curve -> curve.cost().worst()).max().orElseThrow();
    for (int budget : BUDGETS) {
      if (budget < most) {
        row(Integer.toString(budget), curve -> regretAt(curve, budget));
      }
    }
    row("in the end", curve -> text(curve.regret(), 3));
    row("evaluations", curve -> text(curve.cost(), 1));
    row("mixtures", curve -> text(curve.of(Replay.Outcome::mixtures), 0));
    row("best or tied", curve -> curve.tied() + " of " + repeats);
    row("s, slowest round", curve -> text(curve.of(Replay.Outcome::slowestRound), 2));
    console.line("");
    for (RegretCurve curve : curves) {
      Replay.Outcome first = curve.outcomes().get(0);
      console.line(
          "%s: %s; it ended because %s.", curve.name(), first.last().chosen(), first.ended());
      double unrecorded = curve.of(Replay.Outcome::unrecorded).worst();
      if (unrecorded > 0) {
        console.line(
            "%s asked for %,.0f mixtures that are not recorded: to it, they failed.",
            curve.name(), unrecorded);
      }
    }
  }

  private String regretAt(RegretCurve curve, int budget) {
    Spread regret = curve.regretAt(budget);
    if (Double.isInfinite(regret.median())) {
      return "-";
    }
    return budget > curve.cost().worst() ? "" : text(regret, 3);
  }

  private String text(Spread spread, int decimals) {
    String median = text(spread.median(), decimals);
    return repeats == 1 ? median : median + " (" + text(spread.worst(), decimals) + ")";
  }

  private static String text(double value, int decimals) {
    return Double.isInfinite(value)
        ? "-"
        : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private void row(String label, Function<RegretCurve, String> cell) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-16s", label));
    curves.forEach(curve -> line.append(String.format(Locale.ROOT, "  %16s", cell.apply(curve))));
    console.line("%s", line.toString().stripTrailing());
  }
}
