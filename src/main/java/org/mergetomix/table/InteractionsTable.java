package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.output.ReplacedTable;

/** What datasets do together: {@code interactions/}, Parquet, a row per pair of datasets. */
public final class InteractionsTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("first", StringType, false)
          .add("second", StringType, false)
          .add("interaction", DoubleType, false)
          .add("interaction_standard_error", DoubleType, true)
          .add("first_replaced", DoubleType, true)
          .add("second_replaced", DoubleType, true);

  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public InteractionsTable(SparkSession spark, Location directory) {
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /** Replaces the table. */
  public void write(List<Interaction> interactions) {
    List<Row> rows =
        interactions.stream()
            .map(
                one ->
                    RowFactory.create(
                        one.first(),
                        one.second(),
                        one.gain().value(),
                        NullableNumber.column(one.gain().standardError()),
                        NullableNumber.column(one.firstReplaced()),
                        NullableNumber.column(one.secondReplaced())))
            .toList();
    table.replace(session -> session.createDataFrame(rows, SCHEMA));
  }
}
