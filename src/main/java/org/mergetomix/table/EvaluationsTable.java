package org.mergetomix.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.output.Commits;
import org.mergetomix.output.LiteralPath;
import org.mergetomix.output.TableWriteException;

/**
 * The evaluations of a run: {@code evaluations/round=NNNN/}, append-only Parquet. A round is there
 * once Spark has committed it; what a killed process left behind is neither read nor kept.
 */
public final class EvaluationsTable {

  private static final Pattern ROUND = Pattern.compile("round=(\\d{4,})");

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
            .mode(SaveMode.Overwrite),
        path(round));
  }

  /** The number for the next round: one more than any committed one, 1 for the first. */
  public int nextRound() {
    return committed().stream().mapToInt(EvaluationsTable::number).max().orElse(0) + 1;
  }

  /** Every committed row; the columns are those of {@code EvaluationSchema}. */
  public Dataset<Row> dataset() {
    String[] rounds = committed().stream().map(LiteralPath::of).toArray(String[]::new);
    if (rounds.length == 0) {
      return spark.createDataFrame(List.of(), EvaluationSchema.SCHEMA);
    }
    return spark.read().schema(EvaluationSchema.SCHEMA).parquet(rounds);
  }

  /** The rows of one committed round. */
  public Dataset<Row> dataset(int round) {
    return spark.read().schema(EvaluationSchema.SCHEMA).parquet(LiteralPath.of(path(round)));
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

  private Location path(int round) {
    return directory.child(String.format(Locale.ROOT, "round=%04d", round));
  }

  private List<Location> committed() {
    return Commits.children(spark, directory).stream()
        .filter(child -> ROUND.matcher(child.name()).matches())
        .filter(child -> Commits.isCommitted(spark, child))
        .toList();
  }

  private static int number(Location round) {
    return Integer.parseInt(round.name().substring("round=".length()));
  }
}
