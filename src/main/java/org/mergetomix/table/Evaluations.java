package org.mergetomix.table;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.location.Location;
import org.mergetomix.output.ParquetTables;
import org.mergetomix.score.Subgroup;

/**
 * Evaluations that were committed when they were looked for; what is appended later is not among
 * them. A row may be there twice, where two drivers were at work.
 */
public final class Evaluations {

  private final SparkSession spark;
  private final List<Location> folders;
  private final Optional<Subgroup> subgroup;
  private final Optional<RankedTable> ranked;

  Evaluations(SparkSession spark, List<Location> folders) {
    this(spark, folders, Optional.empty(), Optional.empty());
  }

  private Evaluations(
      SparkSession spark,
      List<Location> folders,
      Optional<Subgroup> subgroup,
      Optional<RankedTable> ranked) {
    this.spark = spark;
    this.folders = List.copyOf(folders);
    this.subgroup = subgroup;
    this.ranked = ranked;
  }

  /** The names of their folders, ascending. */
  public List<String> names() {
    return folders.stream().map(Location::name).sorted().toList();
  }

  /** Those of them that lie in folders of these names. */
  public Evaluations among(List<String> names) {
    return new Evaluations(
        spark,
        folders.stream().filter(folder -> names.contains(folder.name())).toList(),
        subgroup,
        ranked);
  }

  /** The same whose {@link #rows()} are those of a subgroup of the examples alone. */
  public Evaluations among(Subgroup examples) {
    return new Evaluations(spark, folders, Optional.of(examples), ranked);
  }

  /** Those of the mixtures of a ranked table, failed ones among them. */
  public Evaluations among(RankedTable mixtures) {
    return new Evaluations(spark, folders, subgroup, Optional.of(mixtures));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return folders.isEmpty();
  }

  /** Every row; the columns are those of {@code EvaluationSchema}. */
  public Dataset<Row> dataset() {
    Dataset<Row> all = ParquetTables.read(spark, EvaluationSchema.SCHEMA, folders);
    return ranked
        .map(table -> table.dataset().select("mixture"))
        .map(some -> all.join(some, all.col("mixture").equalTo(some.col("mixture")), "left_semi"))
        .orElse(all);
  }

  /** Every row. */
  public JavaRDD<EvaluationRow> rows() {
    JavaRDD<EvaluationRow> rows = dataset().javaRDD().map(EvaluationSchema::evaluation);
    return subgroup
        .map(some -> rows.flatMap(row -> row.among(some).stream().iterator()))
        .orElse(rows);
  }

  /**
   * Every row without its scores: what is known of which mixture, at the cost of no more than that.
   */
  public JavaRDD<EvaluationRow> known() {
    return dataset()
        .withColumn("example_scores", array().cast("array<double>"))
        .javaRDD()
        .map(EvaluationSchema::evaluation);
  }

  /**
   * How many evaluations come from each kind of device, by its name: mixtures on a task and some of
   * its examples, whatever the number of measures.
   */
  public SortedMap<String, Long> devices() {
    SortedMap<String, Long> devices = new TreeMap<>();
    if (isEmpty()) {
      return devices;
    }
    dataset()
        .where(col("status").equalTo(RowStatus.OK.text()))
        .groupBy(col("device"))
        .agg(countDistinct("key", "from_example", "to_example"))
        .collectAsList()
        .forEach(kind -> devices.put(kind.getString(0), kind.getLong(1)));
    return devices;
  }

  /** The seconds that were spent, over all slots. */
  public Spent spent() {
    Row seconds =
        dataset()
            .agg(
                coalesce(sum("merge_seconds"), lit(0.0)),
                coalesce(sum("evaluate_seconds"), lit(0.0)))
            .first();
    return new Spent(seconds.getDouble(0), seconds.getDouble(1));
  }

  /**
   * Seconds, over all slots.
   *
   * @param merging merging and writing parameters
   * @param evaluating evaluating
   */
  public record Spent(double merging, double evaluating) {}
}
