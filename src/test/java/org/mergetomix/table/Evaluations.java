package org.mergetomix.table;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleScores;

/** Rows of evaluations for tests. */
final class Evaluations {

  private Evaluations() {}

  static EvaluationRow scored(long index, Mixture mixture, double... scores) {
    double[] weights = new double[scores.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i + 1;
    }
    return scoredOn("cpu", index, mixture, new ExampleScores(scores, weights));
  }

  static EvaluationRow scoredOn(String device, long index, Mixture mixture, ExampleScores scores) {
    return EvaluationRow.scored(
        index, "key " + mixture, mixture, "task", scores, 0.125, 2.5, device);
  }

  static EvaluationRow failed(long index, Mixture mixture) {
    return EvaluationRow.failed(index, "key " + mixture, mixture, "task", "The score is NaN");
  }

  static List<EvaluationRow> two() {
    List<EvaluationRow> rows = new ArrayList<>();
    rows.add(scored(0, Mixture.subset(List.of("a")), 1.5, 2.25, 3.125));
    rows.add(failed(1, Mixture.parse("a:0.25+b:0.75")));
    return rows;
  }
}
