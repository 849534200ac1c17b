package org.mergetomix.output;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;

/** How every table of a run is read: by its exact path, and with its checksums looked at. */
public final class ParquetTables {

  /** Written always, and not looked at unless asked: a flipped bit would be another score. */
  private static final String CHECK = "parquet.page.verify-checksum.enabled";

  /** What Spark would take for a pattern in a name. */
  private static final Pattern SPECIAL = Pattern.compile("[{}\\[\\]*?\\\\]");

  private ParquetTables() {}

  /** The rows of files and folders, each of which has to be there. */
  public static Dataset<Row> read(
      SparkSession spark, StructType schema, List<Location> filesOrFolders) {
    if (filesOrFolders.isEmpty()) {
      return spark.createDataFrame(List.of(), schema);
    }
    return spark
        .read()
        .option(CHECK, true)
        .schema(schema)
        .parquet(filesOrFolders.stream().map(ParquetTables::literal).toArray(String[]::new));
  }

  /** The location as a pattern that only this location matches. */
  private static String literal(Location location) {
    return SPECIAL.matcher(location.uri()).replaceAll("\\\\$0");
  }
}
