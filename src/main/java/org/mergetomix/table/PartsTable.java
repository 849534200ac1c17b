package org.mergetomix.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.output.ReplacedTable;
import scala.jdk.javaapi.CollectionConverters;

/** What is in the parts of a divided corpus: Parquet, a row a part. */
public final class PartsTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("part", StringType, false)
          .add("label", StringType, false)
          .add("rows", LongType, false)
          .add("near_duplicates", LongType, false)
          .add("share", DoubleType, false)
          .add("characters", LongType, false)
          .add("words", createArrayType(StringType, false), false)
          .add("nearest", createArrayType(StringType, false), false)
          .add("mean_distance", DoubleType, false)
          .add("greatest_distance", DoubleType, false)
          .add("similarity", createMapType(StringType, DoubleType, false), false)
          .add("base_loss", DoubleType, true)
          .add("cosines", createMapType(StringType, DoubleType, false), false);

  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public PartsTable(SparkSession spark, Location directory) {
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /** Writes the table, in the order of the rows. */
  public void write(List<PartRow> rows) {
    List<Row> written = rows.stream().map(PartsTable::row).toList();
    table.replace(session -> session.createDataFrame(written, SCHEMA));
  }

  /** The table as it is. */
  public Dataset<Row> dataset() {
    return table.dataset();
  }

  private static Row row(PartRow row) {
    return RowFactory.create(
        row.part(),
        row.label(),
        row.rows(),
        row.nearDuplicates(),
        row.share(),
        row.characters(),
        row.words().toArray(),
        row.nearest().toArray(),
        row.meanDistance(),
        row.greatestDistance(),
        CollectionConverters.asScala(row.similarity()),
        NullableNumber.column(row.baseLoss()),
        CollectionConverters.asScala(row.cosines()));
  }
}
