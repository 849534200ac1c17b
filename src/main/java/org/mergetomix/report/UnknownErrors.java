package org.mergetomix.report;

import java.util.stream.Stream;
import org.mergetomix.report.chart.Markup;
import org.mergetomix.score.Estimate;

/** What {@code ± ?} means. */
final class UnknownErrors {

  private UnknownErrors() {}

  /** A note, where one of the estimates has no known error. */
  static void explain(Markup page, Stream<Estimate> estimates) {
    if (!estimates.allMatch(Estimate::hasError)) {
      page.line(
          "p", "± ? stands where the error is not known: a task has one example.", "class", "note");
    }
  }
}
