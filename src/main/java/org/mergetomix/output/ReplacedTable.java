package org.mergetomix.output;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;

/**
 * A table of which a folder holds one generation: one Parquet file, replaced in one step. Whoever
 * lists the folder sees one generation, also while another driver writes the next.
 */
public final class ReplacedTable {

  private static final String ENDING = ".parquet";
  private static final int ATTEMPTS = 10;

  private final SparkSession spark;
  private final Location folder;
  private final StructType schema;
  private final OutputFiles files;

  /** The table in {@code folder}, which need not exist. */
  public ReplacedTable(SparkSession spark, Location folder, StructType schema) {
    this.spark = spark;
    this.folder = folder;
    this.schema = schema;
    this.files = new OutputFiles(spark.sparkContext().hadoopConfiguration());
  }

  private Location file() {
    return folder.child(folder.name() + ENDING);
  }

  /**
   * Replaces the table. Spark writes beside it, and the one file that comes of it is put in place
   * then, streaming.
   *
   * @param rows made by the session that they are given, in the order that they are to have
   * @throws TableWriteException if they cannot be written
   */
  public void replace(Function<SparkSession, Dataset<Row>> rows) {
    Location aside =
        folder.parent().child(OutputFiles.UNFINISHED + RandomName.next() + "-" + folder.name());
    SparkSession session = Commits.session(spark, aside);
    try {
      TableWriteException.write(rows.apply(session).coalesce(1).write(), aside);
      publish(aside);
    } catch (IOException failure) {
      discard(aside, failure);
      throw OutputProblems.of(folder, failure);
    } catch (RuntimeException failure) {
      discard(aside, failure);
      throw failure;
    }
  }

  private void discard(Location aside, Exception reason) {
    try {
      files.delete(aside);
    } catch (IOException | RuntimeException failure) {
      reason.addSuppressed(failure);
    }
  }

  private void publish(Location aside) throws IOException {
    Location part =
        files.children(aside).stream()
            .filter(child -> child.name().endsWith(ENDING))
            .findFirst()
            .orElseThrow(() -> new IOException("Spark wrote no file"));
    files.copy(part, file());
    for (Location earlier : files.children(folder)) {
      if (!earlier.equals(file()) && !OutputFiles.isUnfinished(earlier)) {
        files.delete(earlier);
      }
    }
    files.delete(aside);
  }

  /** Whether it was written. */
  public boolean exists() {
    return status().isPresent();
  }

  /** The rows as they are now; another driver may replace them while they are read. */
  public Dataset<Row> dataset() {
    return ParquetTables.read(spark, schema, List.of(file()));
  }

  /** What some reading finds in one generation: it is done again when the table was replaced. */
  public <T> T read(Function<Dataset<Row>, T> reading) {
    for (int attempt = 1; ; attempt++) {
      Optional<FileStatus> before = status();
      try {
        T found = reading.apply(dataset());
        if (attempt == ATTEMPTS || isSame(before, status())) {
          return found;
        }
      } catch (RuntimeException failure) {
        if (attempt == ATTEMPTS || isSame(before, status())) {
          throw failure;
        }
      }
    }
  }

  private static boolean isSame(Optional<FileStatus> before, Optional<FileStatus> after) {
    return before.isPresent() == after.isPresent()
        && before.stream()
            .allMatch(
                status ->
                    status.getLen() == after.get().getLen()
                        && status.getModificationTime() == after.get().getModificationTime());
  }

  private Optional<FileStatus> status() {
    try {
      return files.status(file());
    } catch (IOException failure) {
      throw OutputProblems.of(folder, failure);
    }
  }
}
