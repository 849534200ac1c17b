package org.mergetomix.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The evaluations of a run: {@code evaluations/round=NNNN/}, append-only Parquet. A round is there
 * once Spark has committed it; what a killed process left behind is neither read nor kept.
 */
public final class EvaluationsTable {

  private static final Pattern ROUND = Pattern.compile("round=(\\d{4,})");
  private static final String COMMITTED = "_SUCCESS";

  private final SparkSession spark;
  private final Path directory;

  /** The table in {@code directory}, which need not exist. */
  public EvaluationsTable(SparkSession spark, Path directory) {
    this.spark = spark;
    this.directory = directory;
  }

  /** Computes and commits one round; returns when it is durable. */
  public void append(int round, JavaRDD<EvaluationRow> rows) {
    TableWriteException.write(
        spark
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

  private Path path(int round) {
    return directory.resolve(String.format(Locale.ROOT, "round=%04d", round));
  }

  private List<Path> committed() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(child -> ROUND.matcher(child.getFileName().toString()).matches())
          .filter(child -> Files.exists(child.resolve(COMMITTED)))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static int number(Path round) {
    return Integer.parseInt(round.getFileName().toString().substring("round=".length()));
  }
}
