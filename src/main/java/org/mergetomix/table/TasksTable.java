package org.mergetomix.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.map_keys;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.output.ReplacedTable;
import org.mergetomix.score.ExampleValues;

/**
 * What the tasks of a run ask: {@code tasks/}, Parquet, a row per task, measure and example. What
 * every evaluation has in common stands here once, as the weight of an example in a score.
 */
public final class TasksTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("task", StringType, false)
          .add("measure", StringType, false)
          .add("example", IntegerType, false)
          .add("weight", DoubleType, false)
          .add("columns", createMapType(StringType, StringType, false), false);

  private final ReplacedTable table;

  /** The table in {@code directory}, which need not exist. */
  public TasksTable(SparkSession spark, Location directory) {
    this.table = new ReplacedTable(spark, directory, SCHEMA);
  }

  /**
   * One example of a task.
   *
   * @param task the task's id
   * @param measure the measure's name
   * @param example its place in the task's order, from 0
   * @param weight what it counts in the task's score
   * @param columns what else is known of it: the line that it stands in, for instance
   */
  public record ExampleRow(
      String task, String measure, int example, double weight, SortedMap<String, String> columns)
      implements Serializable {}

  /** Replaces the table; its rows are ordered by task, measure and example. */
  public void write(List<ExampleRow> examples) {
    List<Row> rows =
        examples.stream()
            .map(
                row ->
                    RowFactory.create(
                        row.task(), row.measure(), row.example(), row.weight(), row.columns()))
            .toList();
    table.replace(
        session ->
            session
                .createDataFrame(rows, SCHEMA)
                .coalesce(1)
                .sortWithinPartitions("task", "measure", "example"));
  }

  /** Whether it was written. */
  public boolean exists() {
    return table.exists();
  }

  /** The table as it is. */
  public Dataset<Row> dataset() {
    return table.dataset();
  }

  /** The columns that some example has, ascending. */
  public List<String> columns() {
    return dataset()
        .select(explode(map_keys(col("columns"))))
        .distinct()
        .orderBy("col")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /**
   * The places of the examples, by task, whose columns have one of the values that are asked for; a
   * task in which none has is not there.
   *
   * @param wanted by column, the values of which an example has one
   */
  public SortedMap<String, SortedSet<Integer>> places(Map<String, ? extends Set<String>> wanted) {
    SortedMap<String, SortedSet<Integer>> places = new TreeMap<>();
    Dataset<Row> found = dataset();
    for (Map.Entry<String, ? extends Set<String>> each : wanted.entrySet()) {
      found =
          found.where(
              element_at(col("columns"), lit(each.getKey())).isin(each.getValue().toArray()));
    }
    found
        .select("task", "example")
        .toLocalIterator()
        .forEachRemaining(
            row ->
                places
                    .computeIfAbsent(row.getString(0), task -> new TreeSet<>())
                    .add(row.getInt(1)));
    return places;
  }

  /** What the examples of each task count in one measure, in the task's order. */
  public SortedMap<String, SortedMap<String, ExampleValues>> weights() {
    SortedMap<String, SortedMap<String, List<Double>>> found = new TreeMap<>();
    dataset()
        .coalesce(1)
        .sortWithinPartitions("task", "measure", "example")
        .select("task", "measure", "weight")
        .toLocalIterator()
        .forEachRemaining(
            row ->
                found
                    .computeIfAbsent(row.getString(0), task -> new TreeMap<>())
                    .computeIfAbsent(row.getString(1), measure -> new ArrayList<>())
                    .add(row.getDouble(2)));
    SortedMap<String, SortedMap<String, ExampleValues>> weights = new TreeMap<>();
    found.forEach(
        (task, measures) -> {
          SortedMap<String, ExampleValues> values = new TreeMap<>();
          measures.forEach(
              (measure, list) ->
                  values.put(
                      measure,
                      new ExampleValues(list.stream().mapToDouble(Double::doubleValue).toArray())));
          weights.put(task, values);
        });
    return weights;
  }
}
