package org.mergetomix.statistics.correction;

import java.util.List;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;

/** The surrogate scores among which a few mixtures are really trained. Immutable. */
public final class SurrogateScores {

  private final Axes axes;
  private final List<Observation> scores;
  private final double mean;
  private final double deviation;

  /**
   * These scores.
   *
   * @param scores at least one, each mixture once
   */
  public SurrogateScores(Axes axes, List<Observation> scores) {
    this.axes = axes;
    this.scores = List.copyOf(scores);
    mean = scores.stream().mapToDouble(Observation::score).average().orElseThrow();
    double squares =
        scores.stream().mapToDouble(one -> Math.pow(one.score() - mean, 2)).average().orElseThrow();
    deviation = squares > 0 ? Math.sqrt(squares) : 1;
  }

  List<Observation> scores() {
    return scores;
  }

  CorrectionKernel.Point point(Mixture mixture, double score) {
    return new CorrectionKernel.Point(axes, mixture, (score - mean) / deviation);
  }
}
