package org.mergetomix.table;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.output.Commits;
import org.mergetomix.output.RandomName;
import org.mergetomix.output.TableWriteException;

/**
 * The evaluations of a run: {@code evaluations/round=.../}, append-only Parquet. What was appended
 * is there once Spark has committed it; what a killed process left behind is not read. Folders of
 * several drivers never collide: a row is known by its key, whoever wrote it.
 */
public final class EvaluationsTable {

  private static final Pattern ROUND = Pattern.compile("round=[a-z0-9-]+-\\d{4,}-[0-9a-f]{8}");

  private final SparkSession spark;
  private final Location directory;
  private final SparkSession committing;

  /** The table in {@code directory}, which need not exist. */
  public EvaluationsTable(SparkSession spark, Location directory) {
    this.spark = spark;
    this.directory = directory;
    this.committing = Commits.session(spark, directory);
  }

  /**
   * Computes rows of a round and commits them; returns when they are durable.
   *
   * @param strategy the id of the strategy whose round it is
   * @param number of the round, from 1
   * @return what was appended
   */
  public Evaluations append(String strategy, int number, JavaRDD<EvaluationRow> rows) {
    Location folder = directory.child(name(strategy, number));
    TableWriteException.write(
        committing
            .createDataFrame(rows.map(EvaluationSchema::row), EvaluationSchema.SCHEMA)
            .write()
            .mode(SaveMode.ErrorIfExists),
        folder);
    return new Evaluations(spark, List.of(folder));
  }

  /** What is committed now. */
  public Evaluations read() {
    return new Evaluations(
        spark,
        Commits.committed(spark, directory).stream()
            .filter(child -> ROUND.matcher(child.name()).matches())
            .toList());
  }

  private static String name(String strategy, int number) {
    return String.format(Locale.ROOT, "round=%s-%04d-%s", strategy, number, RandomName.next());
  }
}
