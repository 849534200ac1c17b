package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.output.ReplacedTable;
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
          .add("real_standard_error", DoubleType, true)
          .add("seeds", IntegerType, false)
          .add("seed_deviation", DoubleType, true)
          .add("corrected_score", DoubleType, true)
          .add("confirm_score", DoubleType, true)
          .add("confirm_standard_error", DoubleType, true)
          .add("train_seconds", DoubleType, false)
          .add("model", StringType, false);

  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public FidelityTable(SparkSession spark, Location directory) {
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /** Replaces the table. */
  public void write(List<FidelityRow> rows) {
    List<Row> written = rows.stream().map(FidelityTable::row).toList();
    table.replace(session -> session.createDataFrame(written, SCHEMA));
  }

  /** The rows in the order in which they were written; none when there is no table. */
  public List<FidelityRow> read() {
    return table.exists()
        ? table.read(Dataset::collectAsList).stream().map(FidelityTable::fidelity).toList()
        : List.of();
  }

  private static Row row(FidelityRow row) {
    return RowFactory.create(
        row.mixture(),
        row.role(),
        row.surrogate().value(),
        row.surrogate().standardError(),
        row.real().value(),
        NullableNumber.column(row.real().standardError()),
        row.seeds(),
        NullableNumber.column(row.seedDeviation()),
        NullableNumber.column(row.corrected()),
        NullableNumber.column(row.confirm().value()),
        NullableNumber.column(row.confirm().standardError()),
        row.trainSeconds(),
        row.model());
  }

  private static FidelityRow fidelity(Row row) {
    return new FidelityRow(
        row.getString(0),
        row.getString(1),
        new Estimate(row.getDouble(2), row.getDouble(3)),
        new Estimate(row.getDouble(4), NullableNumber.of(row, 5)),
        row.isNullAt(6) ? 1 : row.getInt(6),
        NullableNumber.of(row, 7),
        NullableNumber.of(row, 8),
        new Estimate(NullableNumber.of(row, 9), NullableNumber.of(row, 10)),
        row.getDouble(11),
        row.getString(12));
  }
}
