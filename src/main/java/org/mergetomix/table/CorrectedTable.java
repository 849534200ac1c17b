package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
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

/**
 * What mixtures should score if they were really trained: {@code corrected/}, Parquet, a row per
 * mixture, best first. Empty where a correction is not worth applying.
 */
public final class CorrectedTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("rank", LongType, false)
          .add("mixture", StringType, false)
          .add("score", DoubleType, false)
          .add("corrected_rank", LongType, false)
          .add("corrected_score", DoubleType, false)
          .add("corrected_standard_error", DoubleType, true)
          .add("real_score", DoubleType, true);

  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public CorrectedTable(SparkSession spark, Location directory) {
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /** Replaces the table. */
  public void write(List<CorrectedRow> rows) {
    List<Row> written =
        rows.stream()
            .map(
                row ->
                    RowFactory.create(
                        row.rank(),
                        row.mixture(),
                        row.score(),
                        row.correctedRank(),
                        row.corrected().value(),
                        NullableNumber.column(row.corrected().standardError()),
                        NullableNumber.column(row.real())))
            .toList();
    table.replace(session -> session.createDataFrame(written, SCHEMA));
  }

  /** The rows, best first; none when there is no table. */
  public List<CorrectedRow> read() {
    return table.exists()
        ? table.read(Dataset::collectAsList).stream().map(CorrectedTable::corrected).toList()
        : List.of();
  }

  private static CorrectedRow corrected(Row row) {
    return new CorrectedRow(
        row.getLong(0),
        row.getString(1),
        row.getDouble(2),
        row.getLong(3),
        new Estimate(row.getDouble(4), NullableNumber.of(row, 5)),
        NullableNumber.of(row, 6));
  }
}
