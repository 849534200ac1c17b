package org.mergetomix.output;

import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.mergetomix.location.Location;

/** Writing a table failed; says where, which Spark's own failures do not always. */
public final class TableWriteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String location;

  private TableWriteException(Location location, Exception cause) {
    super("Cannot write " + location, cause);
    this.location = location.toString();
  }

  /** Where the table was to be written. */
  public String location() {
    return location;
  }

  /** Writes Parquet, and wraps whatever goes wrong: Spark throws undeclared checked exceptions. */
  public static void write(DataFrameWriter<Row> writer, Location location) {
    try {
      writer.parquet(location.uri());
    } catch (Exception failure) {
      throw new TableWriteException(location, failure);
    }
  }
}
