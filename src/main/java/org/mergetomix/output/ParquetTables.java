package org.mergetomix.output;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;

/** How every table is read: by its exact path, and with its checksums looked at. */
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

  /** The rows of files that somebody else wrote, with the columns of all of them. */
  public static Dataset<Row> read(SparkSession spark, List<Location> files) {
    return spark
        .read()
        .option(CHECK, true)
        .option("mergeSchema", true)
        .parquet(files.stream().map(ParquetTables::literal).toArray(String[]::new));
  }

  /**
   * The rows of a file or folder that somebody else wrote: CSV with a header or JSON Lines, as the
   * ending of its name says, compressed or not; else Parquet.
   */
  public static Dataset<Row> anyFormat(SparkSession spark, Location location) {
    String name = location.name().toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
    DataFrameReader reader = spark.read().option("mode", "FAILFAST");
    if (name.endsWith(".csv")) {
      return reader.option("header", true).csv(literal(location));
    }
    return name.matches(".*\\.(jsonl|ndjson|json)")
        ? reader.json(literal(location))
        : reader.option(CHECK, true).parquet(literal(location));
  }

  /** The location as a pattern that only this location matches. */
  private static String literal(Location location) {
    return SPECIAL.matcher(location.uri()).replaceAll("\\\\$0");
  }
}
