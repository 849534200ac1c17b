package org.mergetomix.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.output.ReplacedTable;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;
import scala.jdk.javaapi.CollectionConverters;

/** The ranked table of a run: {@code ranked/}, Parquet, a row per mixture, best first. */
public final class RankedTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("rank", LongType, true)
          .add("mixture", StringType, false)
          .add("datasets", createArrayType(StringType, false), false)
          .add("weights", createArrayType(DoubleType, false), false)
          .add("size", IntegerType, false)
          .add("score", DoubleType, true)
          .add("standard_error", DoubleType, true)
          .add("gap", DoubleType, true)
          .add("gap_standard_error", DoubleType, true)
          .add("tied", BooleanType, true)
          .add("rank_low", LongType, true)
          .add("rank_high", LongType, true)
          .add("best_share", DoubleType, true)
          .add("pareto", StringType, true)
          .add("task_scores", createMapType(StringType, DoubleType, false), false)
          .add("task_standard_errors", createMapType(StringType, DoubleType, false), false)
          .add("examples", LongType, false)
          .add("dropped", BooleanType, false)
          .add("status", StringType, false)
          .add("error", StringType, false)
          .add("merge_seconds", DoubleType, false)
          .add("evaluate_seconds", DoubleType, false);

  private final SparkSession spark;
  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public RankedTable(SparkSession spark, Location directory) {
    this.spark = spark;
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /**
   * Ranks rows and replaces the table by them: best score first, equal scores by mixture id; after
   * these, in the same order, mixtures that left a race; failed ones last and without a rank.
   *
   * @param rows in any order; their ranks are not looked at
   */
  public void write(JavaRDD<RankedRow> rows, ScoreUnit unit) {
    Column score =
        unit.direction() == Direction.LOWER_IS_BETTER
            ? col("score").asc_nulls_last()
            : col("score").desc_nulls_last();
    JavaRDD<Row> ordered =
        spark
            .createDataFrame(rows.map(RankedTable::row), SCHEMA)
            .repartition(1)
            .sortWithinPartitions(col("score").isNull(), col("dropped"), score, col("mixture"))
            .javaRDD()
            .zipWithIndex()
            .map(place -> withRank(place._1(), place._2() + 1));
    table.replace(session -> session.createDataFrame(ordered, SCHEMA));
  }

  /** The table as it is; mixtures that failed have no rank. */
  public Dataset<Row> dataset() {
    return table.dataset();
  }

  /** How many mixtures there are of each kind, in one pass. */
  public RankedCounts counts() {
    long failed = 0;
    long tied = 0;
    SortedMap<Long, Long> seen = new TreeMap<>();
    for (Row kind :
        table.read(
            rows ->
                rows.select(col("rank").isNotNull(), col("examples"), col("tied"))
                    .toDF("ranked", "examples", "tied")
                    .groupBy("ranked", "examples", "tied")
                    .count()
                    .collectAsList())) {
      long mixtures = kind.getLong(3);
      if (kind.getBoolean(0)) {
        seen.merge(kind.getLong(1), mixtures, Long::sum);
        tied += !kind.isNullAt(2) && kind.getBoolean(2) ? mixtures : 0;
      } else {
        failed += mixtures;
      }
    }
    return new RankedCounts(failed, tied, new SeenExamples(seen));
  }

  /**
   * The Pareto front over the tasks.
   *
   * @param most rows that are wanted
   */
  public Front front(int most) {
    Map<String, Long> counts = new TreeMap<>();
    table
        .read(
            rows -> rows.where(col("pareto").isNotNull()).groupBy("pareto").count().collectAsList())
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return new Front(
        counts.getOrDefault(FrontPlace.FRONT.text(), 0L),
        counts.getOrDefault(FrontPlace.TIED.text(), 0L),
        counts.isEmpty()
            ? List.of()
            : rows(
                rows ->
                    rows.where(col("pareto").isNotNull())
                        .orderBy(
                            col("pareto").notEqual(FrontPlace.FRONT.text()),
                            col("pareto").notEqual(FrontPlace.TIED.text()),
                            col("rank"))
                        .limit(most)));
  }

  /** The best mixtures, best first; failed ones are left out. */
  public List<RankedRow> top(int count) {
    return rows(rows -> rows.where(col("rank").isNotNull()).orderBy("rank").limit(count));
  }

  /** The row of a mixture; empty when there is none. */
  public Optional<RankedRow> find(String mixture) {
    return rows(rows -> rows.where(col("mixture").equalTo(mixture))).stream().findFirst();
  }

  /** The rows of mixtures, in no order; of some there may be none. */
  public List<RankedRow> findAll(Collection<String> mixtures) {
    return rows(rows -> rows.where(col("mixture").isin(mixtures.toArray())));
  }

  /**
   * A digest over ranks, mixtures and scores: two runs with the same digest gave the same answer,
   * to the last bit.
   */
  public String digest() {
    return table.read(RankedTable::digest);
  }

  private static String digest(Dataset<Row> table) {
    MessageDigest digest = Digests.begun();
    Iterator<Row> rows =
        table
            .select("rank", "mixture", "score")
            .coalesce(1)
            .sortWithinPartitions(col("rank").asc_nulls_last(), col("mixture"))
            .toLocalIterator();
    while (rows.hasNext()) {
      Row row = rows.next();
      String line =
          row.isNullAt(0)
              ? "failed\t%s\n".formatted(row.getString(1))
              : "%s\t%s\t%s\n"
                  .formatted(
                      row.getLong(0), row.getString(1), Double.toHexString(row.getDouble(2)));
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return Digests.hexadecimal(digest);
  }

  /** The mixture of a rank, counted from 1. */
  public RankedRow at(long rank) {
    return rows(rows -> rows.where(col("rank").equalTo(rank))).get(0);
  }

  private static Row withRank(Row row, long rank) {
    Object[] values = new Object[row.size()];
    for (int column = 0; column < values.length; column++) {
      values[column] = row.get(column);
    }
    boolean failed = row.isNullAt(row.fieldIndex("score"));
    values[row.fieldIndex("rank")] = failed ? null : rank;
    return RowFactory.create(values);
  }

  private static Row row(RankedRow row) {
    boolean scored = row.status() == RowStatus.OK;
    SortedMap<String, Double> scores = new TreeMap<>();
    SortedMap<String, Double> errors = new TreeMap<>();
    row.taskScores()
        .forEach(
            (task, estimate) -> {
              scores.put(task, estimate.value());
              errors.put(task, estimate.standardError());
            });
    return RowFactory.create(
        row.rank().isPresent() ? row.rank().getAsLong() : null,
        row.mixture(),
        row.datasets().toArray(),
        row.weights().toArray(),
        row.size(),
        scored ? row.score().value() : null,
        scored ? row.score().standardError() : null,
        scored ? row.gap().value() : null,
        scored ? row.gap().standardError() : null,
        (scored && !row.dropped() && row.gap().hasError()) ? row.tied() : null,
        row.interval().map(RankInterval::low).orElse(null),
        row.interval().map(RankInterval::high).orElse(null),
        row.interval().map(RankInterval::bestShare).orElse(null),
        row.front() == FrontPlace.UNTOLD ? null : row.front().text(),
        CollectionConverters.asScala(scores),
        CollectionConverters.asScala(errors),
        row.examples(),
        row.dropped(),
        row.status().text(),
        row.error(),
        row.mergeSeconds(),
        row.evaluateSeconds());
  }

  private List<RankedRow> rows(UnaryOperator<Dataset<Row>> query) {
    return table.read(rows -> query.apply(rows).collectAsList()).stream()
        .map(RankedTable::ranked)
        .toList();
  }

  private static RankedRow ranked(Row row) {
    Map<String, Double> scores = row.getJavaMap(row.fieldIndex("task_scores"));
    Map<String, Double> errors = row.getJavaMap(row.fieldIndex("task_standard_errors"));
    SortedMap<String, Estimate> tasks = new TreeMap<>();
    scores.forEach((task, score) -> tasks.put(task, new Estimate(score, errors.get(task))));
    return new RankedRow(
        row.isNullAt(0) ? OptionalLong.empty() : OptionalLong.of(row.getLong(0)),
        row.getAs("mixture"),
        row.getList(row.fieldIndex("datasets")),
        row.getList(row.fieldIndex("weights")),
        estimate(row, "score", "standard_error"),
        estimate(row, "gap", "gap_standard_error"),
        interval(row),
        row.isNullAt(row.fieldIndex("pareto"))
            ? FrontPlace.UNTOLD
            : FrontPlace.of(row.getAs("pareto")),
        tasks,
        row.getAs("examples"),
        row.getAs("dropped"),
        RowStatus.of(row.getAs("status")),
        row.getAs("error"),
        row.getAs("merge_seconds"),
        row.getAs("evaluate_seconds"));
  }

  private static Optional<RankInterval> interval(Row row) {
    return row.isNullAt(row.fieldIndex("rank_low"))
        ? Optional.empty()
        : Optional.of(
            new RankInterval(
                row.<Long>getAs("rank_low"),
                row.<Long>getAs("rank_high"),
                row.<Double>getAs("best_share")));
  }

  private static Estimate estimate(Row row, String value, String standardError) {
    int field = row.fieldIndex(value);
    return row.isNullAt(field)
        ? new Estimate(Double.NaN, Double.NaN)
        : new Estimate(row.getDouble(field), row.getDouble(row.fieldIndex(standardError)));
  }
}
