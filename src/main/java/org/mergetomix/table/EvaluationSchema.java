package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;

/** The columns of the evaluations table, and rows to and from them. */
final class EvaluationSchema {

  static final StructType SCHEMA =
      new StructType()
          .add("index", LongType, false)
          .add("key", StringType, false)
          .add("mixture", StringType, false)
          .add("datasets", createArrayType(StringType, false), false)
          .add("weights", createArrayType(DoubleType, false), false)
          .add("size", IntegerType, false)
          .add("task", StringType, false)
          .add("status", StringType, false)
          .add("error", StringType, false)
          .add("score", DoubleType, true)
          .add("standard_error", DoubleType, true)
          .add("examples", IntegerType, false)
          .add("weighted_sum", DoubleType, false)
          .add("weight_sum", DoubleType, false)
          .add("example_scores", createArrayType(DoubleType, false), false)
          .add("example_weights", createArrayType(DoubleType, false), false)
          .add("merge_seconds", DoubleType, false)
          .add("evaluate_seconds", DoubleType, false)
          .add("device", StringType, true);

  private EvaluationSchema() {}

  static Row row(EvaluationRow row) {
    double[] scores = row.exampleScores().map(ExampleScores::scores).orElse(new double[0]);
    double[] weights = row.exampleScores().map(ExampleScores::weights).orElse(new double[0]);
    double weightedSum = 0;
    double weightSum = 0;
    for (int i = 0; i < scores.length; i++) {
      weightedSum += scores[i] * weights[i];
      weightSum += weights[i];
    }
    Estimate score = row.score();
    return RowFactory.create(
        row.index(),
        row.key(),
        row.mixture(),
        row.datasets().toArray(),
        row.weights().toArray(),
        row.datasets().size(),
        row.task(),
        row.status().text(),
        row.error(),
        row.status() == RowStatus.OK ? score.value() : null,
        row.status() == RowStatus.OK ? score.standardError() : null,
        scores.length,
        weightedSum,
        weightSum,
        scores,
        weights,
        row.mergeSeconds(),
        row.evaluateSeconds(),
        row.status() == RowStatus.OK ? row.device() : null);
  }

  static EvaluationRow evaluation(Row row) {
    RowStatus status = RowStatus.of(row.getAs("status"));
    return new EvaluationRow(
        row.getAs("index"),
        row.getAs("key"),
        row.getAs("mixture"),
        row.getList(row.fieldIndex("datasets")),
        row.getList(row.fieldIndex("weights")),
        row.getAs("task"),
        status,
        row.getAs("error"),
        status == RowStatus.OK
            ? List.of(
                new ExampleScores(doubles(row, "example_scores"), doubles(row, "example_weights")))
            : List.of(),
        row.getAs("merge_seconds"),
        row.getAs("evaluate_seconds"),
        Optional.ofNullable(row.<String>getAs("device")).orElse(""));
  }

  private static double[] doubles(Row row, String column) {
    List<Double> values = row.getList(row.fieldIndex(column));
    return Arrays.stream(values.toArray(Double[]::new)).mapToDouble(Double::doubleValue).toArray();
  }
}
