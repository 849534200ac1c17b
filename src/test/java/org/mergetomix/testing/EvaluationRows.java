package org.mergetomix.testing;

import java.util.List;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RowStatus;

/** Rows of evaluations, of a task called {@code task} in bits per byte. */
public final class EvaluationRows {

  public static final String TASK = "task";
  public static final String MEASURE = "bits_per_byte";

  private EvaluationRows() {}

  /** A row on the first examples, as many as there are scores. */
  public static EvaluationRow scored(Mixture mixture, double... scores) {
    return scoredFrom(0, mixture, scores);
  }

  /** A row on some examples. */
  public static EvaluationRow scoredFrom(int first, Mixture mixture, double... scores) {
    return new EvaluationRow(
        "key " + mixture,
        mixture,
        TASK,
        MEASURE,
        new ExampleRange(first, first + scores.length),
        "exhaustive",
        1,
        RowStatus.OK,
        "",
        new ExampleValues(scores),
        0.125,
        2.5,
        "cpu");
  }

  /** A row without scores. */
  public static EvaluationRow failed(Mixture mixture, String error) {
    return scored(mixture, 0, 0).failed(error);
  }

  /** The rows of mixtures in bits per byte; the base has one too, which is left out. */
  public static List<EvaluationRow> ofMixtures(EvaluationsTable table) {
    return table.read().rows().collect().stream()
        .filter(row -> row.mixture().size() > 0 && row.measure().equals(MEASURE))
        .toList();
  }

  /** The same row, evaluated on another kind of device. */
  public static EvaluationRow on(String device, EvaluationRow row) {
    return new EvaluationRow(
        row.key(),
        row.mixture(),
        row.task(),
        row.measure(),
        row.range(),
        row.strategy(),
        row.number(),
        row.status(),
        row.error(),
        row.scores(),
        row.mergeSeconds(),
        row.evaluateSeconds(),
        device);
  }
}
