package org.mergetomix.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.output.Commits;
import org.mergetomix.output.ParquetTables;
import org.mergetomix.output.RandomName;
import org.mergetomix.output.TableWriteException;

/**
 * The evaluations of a run: {@code evaluations/round=STRATEGY-NUMBER-RANDOM/}, append-only Parquet.
 * A round is there once Spark has committed it; what a killed process left behind is not read. Two
 * drivers at once write rounds of different names, so a row may be there twice, under the same key.
 */
public final class EvaluationsTable {

  private static final Pattern ROUND = Pattern.compile("round=[a-z]+-(\\d{4,})-[0-9a-f]{8}");

  private final SparkSession spark;
  private final Location directory;
  private final SparkSession committing;

  /** The table in {@code directory}, which need not exist. */
  public EvaluationsTable(SparkSession spark, Location directory) {
    this.spark = spark;
    this.directory = directory;
    this.committing = Commits.session(spark, directory);
  }

  /** Computes and commits one round; returns when it is durable. */
  public void append(int round, JavaRDD<EvaluationRow> rows) {
    TableWriteException.write(
        committing
            .createDataFrame(rows.map(EvaluationSchema::row), EvaluationSchema.SCHEMA)
            .write()
            .mode(SaveMode.ErrorIfExists),
        directory.child(
            String.format(Locale.ROOT, "round=exhaustive-%04d-%s", round, RandomName.next())));
  }

  /** The number for the next round: one more than any committed one, 1 for the first. */
  public int nextRound() {
    return committed().stream().mapToInt(EvaluationsTable::number).max().orElse(0) + 1;
  }

  /** Every committed row; the columns are those of {@code EvaluationSchema}. */
  public Dataset<Row> dataset() {
    return ParquetTables.read(spark, EvaluationSchema.SCHEMA, committed());
  }

  /** The rows of the committed rounds of a number. */
  public Dataset<Row> dataset(int round) {
    return ParquetTables.read(
        spark,
        EvaluationSchema.SCHEMA,
        committed().stream().filter(committed -> number(committed) == round).toList());
  }

  /** Every committed row. */
  public JavaRDD<EvaluationRow> rows() {
    return dataset().javaRDD().map(EvaluationSchema::evaluation);
  }

  /** How many committed rows with a score come from each kind of device, by its name. */
  public SortedMap<String, Long> devices() {
    SortedMap<String, Long> devices = new TreeMap<>();
    dataset()
        .where(col("status").equalTo(RowStatus.OK.text()))
        // Earlier versions did not write it.
        .groupBy(coalesce(col("device"), lit("unknown")))
        .count()
        .collectAsList()
        .forEach(kind -> devices.put(kind.getString(0), kind.getLong(1)));
    return devices;
  }

  private List<Location> committed() {
    return Commits.committed(spark, directory).stream()
        .filter(child -> ROUND.matcher(child.name()).matches())
        .toList();
  }

  private static int number(Location round) {
    Matcher name = ROUND.matcher(round.name());
    return name.matches() ? Integer.parseInt(name.group(1)) : 0;
  }
}
