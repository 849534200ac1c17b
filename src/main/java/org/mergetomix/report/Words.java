package org.mergetomix.report;

import org.mergetomix.score.Direction;

/** Phrases that several sections share, so that the page says one thing in one way. */
final class Words {

  private Words() {}

  /** The name of a score axis: {@code bits per byte, lower is better}. */
  static String axis(ReportContent content) {
    return content.scoreUnit() + ", " + better(content.direction());
  }

  private static String better(Direction direction) {
    return direction == Direction.LOWER_IS_BETTER ? "lower is better" : "higher is better";
  }
}
