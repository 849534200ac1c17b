package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.output.Commits;
import org.mergetomix.output.LiteralPath;
import org.mergetomix.output.TableWriteException;
import org.mergetomix.score.Estimate;

/** The fidelity table of a run: {@code fidelity/}, Parquet, a row per model really fine-tuned. */
public final class FidelityTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("mixture", StringType, false)
          .add("role", StringType, false)
          .add("surrogate_score", DoubleType, false)
          .add("surrogate_standard_error", DoubleType, false)
          .add("real_score", DoubleType, false)
          .add("real_standard_error", DoubleType, false)
          .add("confirm_score", DoubleType, true)
          .add("confirm_standard_error", DoubleType, true)
          .add("train_seconds", DoubleType, false)
          .add("model", StringType, false);

  private final SparkSession spark;
  private final Location directory;

  /** The table in {@code directory}, which need not exist. */
  public FidelityTable(SparkSession spark, Location directory) {
    this.spark = spark;
    this.directory = directory;
  }

  /** Replaces the table. */
  public void write(List<FidelityRow> rows) {
    TableWriteException.write(
        Commits.session(spark, directory)
            .createDataFrame(rows.stream().map(FidelityTable::row).toList(), SCHEMA)
            .coalesce(1)
            .write()
            .mode(SaveMode.Overwrite),
        directory);
  }

  /** The rows in the order in which they were written; none when there is no table. */
  public List<FidelityRow> read() {
    if (!Commits.isCommitted(spark, directory)) {
      return List.of();
    }
    return spark.read().schema(SCHEMA).parquet(LiteralPath.of(directory)).collectAsList().stream()
        .map(FidelityTable::fidelity)
        .toList();
  }

  private static Row row(FidelityRow row) {
    boolean confirmed = !Double.isNaN(row.confirm().value());
    return RowFactory.create(
        row.mixture(),
        row.role(),
        row.surrogate().value(),
        row.surrogate().standardError(),
        row.real().value(),
        row.real().standardError(),
        confirmed ? row.confirm().value() : null,
        confirmed ? row.confirm().standardError() : null,
        row.trainSeconds(),
        row.model());
  }

  private static FidelityRow fidelity(Row row) {
    return new FidelityRow(
        row.getString(0),
        row.getString(1),
        new Estimate(row.getDouble(2), row.getDouble(3)),
        new Estimate(row.getDouble(4), row.getDouble(5)),
        row.isNullAt(6)
            ? new Estimate(Double.NaN, Double.NaN)
            : new Estimate(row.getDouble(6), row.getDouble(7)),
        row.getDouble(8),
        row.getString(9));
  }
}
