package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;

/** The columns of the evaluations table, and rows to and from them. */
final class EvaluationSchema {

  static final StructType SCHEMA =
      new StructType()
          .add("key", StringType, false)
          .add("mixture", StringType, false)
          .add("datasets", createArrayType(StringType, false), false)
          .add("weights", createArrayType(DoubleType, false), false)
          .add("size", IntegerType, false)
          .add("task", StringType, false)
          .add("measure", StringType, false)
          .add("from_example", IntegerType, false)
          .add("to_example", IntegerType, false)
          .add("strategy", StringType, false)
          .add("number", IntegerType, false)
          .add("status", StringType, false)
          .add("error", StringType, false)
          .add("example_scores", createArrayType(DoubleType, false), false)
          .add("merge_seconds", DoubleType, false)
          .add("evaluate_seconds", DoubleType, false)
          .add("device", StringType, true);

  private EvaluationSchema() {}

  static Row row(EvaluationRow row) {
    return RowFactory.create(
        row.key(),
        row.mixture().id(),
        row.mixture().datasets().toArray(),
        row.mixture().weights().toArray(),
        row.mixture().size(),
        row.task(),
        row.measure(),
        row.range().from(),
        row.range().to(),
        row.strategy(),
        row.number(),
        row.status().text(),
        row.error(),
        row.scores().toArray(),
        row.mergeSeconds(),
        row.evaluateSeconds(),
        row.status() == RowStatus.OK ? row.device() : null);
  }

  static EvaluationRow evaluation(Row row) {
    return new EvaluationRow(
        row.getAs("key"),
        mixture(row.getAs("mixture")),
        row.getAs("task"),
        row.getAs("measure"),
        new ExampleRange(row.getAs("from_example"), row.getAs("to_example")),
        row.getAs("strategy"),
        row.getAs("number"),
        RowStatus.of(row.getAs("status")),
        row.getAs("error"),
        values(row.getList(row.fieldIndex("example_scores"))),
        row.getAs("merge_seconds"),
        row.getAs("evaluate_seconds"),
        Optional.ofNullable(row.<String>getAs("device")).orElse(""));
  }

  static Mixture mixture(String id) {
    return id.isEmpty() ? Mixture.none() : Mixture.parse(id);
  }

  private static ExampleValues values(List<Double> values) {
    return new ExampleValues(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
