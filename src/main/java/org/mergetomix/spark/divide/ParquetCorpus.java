package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import java.net.URI;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.data.DataRow;
import org.mergetomix.data.RowPlace;
import org.mergetomix.location.Location;
import org.mergetomix.output.ParquetTables;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Parquet, which Spark reads itself; what decides about a row becomes JSON. */
final class ParquetCorpus implements Corpus {

  private static final StructType PLACES =
      new StructType()
          .add("file", DataTypes.StringType, false)
          .add("place", DataTypes.LongType, false);

  private final Dataset<Row> table;
  private final RowReading reading;

  private ParquetCorpus(Dataset<Row> table, RowReading reading) {
    this.table = table;
    this.reading = reading;
  }

  static Corpus open(SparkSession spark, Location data, List<Location> parts, RowReading reading) {
    Dataset<Row> read = UnitedColumns.of(data, () -> ParquetTables.read(spark, parts));
    List<String> needed = needed(data, read.schema(), reading);
    Column json =
        needed.isEmpty()
            ? lit("{}")
            : to_json(struct(needed.stream().map(ParquetCorpus::column).toArray(Column[]::new)));
    Dataset<Row> placed =
        read.select(
            col("_metadata.file_path").as("file"),
            col("_metadata.row_index").as("number"),
            struct(col("*")).as("row"),
            json.as("json"));
    List<String> names =
        placed.select("file").distinct().as(Encoders.STRING()).collectAsList().stream()
            .sorted()
            .toList();
    List<Row> places =
        IntStream.range(0, names.size())
            .mapToObj(place -> RowFactory.create(names.get(place), (long) place << FILE_BITS))
            .toList();
    Dataset<Row> table =
        placed
            .join(broadcast(spark.createDataFrame(places, PLACES)), "file")
            .withColumn("id", col("place").plus(col("number")));
    return new ParquetCorpus(table, shown(table, data, reading));
  }

  private static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`").as(name);
  }

  /** The columns that decide what a row means, of those that there are. */
  private static List<String> needed(Location data, StructType types, RowReading reading) {
    List<String> there = Arrays.asList(types.fieldNames());
    if (reading.meaning() == RowReading.Meaning.ALL_TEXTS) {
      return there;
    }
    Set<String> needed = new TreeSet<>();
    for (String key : reading.columns().keys()) {
      String name = reading.columns().column(key);
      String column = there.contains(name) ? name : name.replaceFirst("\\..*", "");
      if (there.contains(column)) {
        needed.add(column);
        requireType(data, types, column, key);
      } else if (reading.columns().named().containsKey(key)) {
        throw noColumn(data, name, there);
      }
    }
    if (!reading.by().isEmpty()) {
      String column =
          there.contains(reading.by()) ? reading.by() : reading.by().replaceFirst("\\..*", "");
      if (!there.contains(column)) {
        throw noColumn(data, reading.by(), there);
      }
      needed.add(column);
    }
    return List.copyOf(needed);
  }

  private static UserException noColumn(Location data, String name, List<String> there) {
    return UserException.input(
        "The rows have no column " + name, data.text(), "They have " + String.join(", ", there));
  }

  /** As JSON, times and bytes would pass for texts. */
  private static void requireType(Location data, StructType types, String column, String key) {
    DataType type = types.apply(column).dataType();
    boolean fits =
        type instanceof StructType
            || (key.equals("messages")
                ? type instanceof ArrayType
                : type.equals(DataTypes.StringType));
    if (!fits) {
      throw UserException.input(
          "The column %s is %s, and holds no %s".formatted(column, type.simpleString(), key),
          data.text(),
          "Name another column in the manifest");
    }
  }

  private static RowReading shown(Dataset<Row> table, Location data, RowReading reading) {
    RowReading.Reader reader = reading.reader();
    Iterator<Row> rows =
        table.select("file", "number", "id", "json").orderBy("id").limit(1).toLocalIterator();
    if (!rows.hasNext()) {
      throw UserException.input("The data holds no example", data.text(), "Give rows");
    }
    Row first = rows.next();
    String json = first.getAs("json");
    reader.row(0, DataRow.ofJson(place(first), json));
    return reading.shown(json);
  }

  private static RowPlace place(Row row) {
    URI file = URI.create(row.<String>getAs("file"));
    String store =
        file.getAuthority() == null ? "" : file.getScheme() + "://" + file.getAuthority();
    return new RowPlace(store + file.getPath(), RowPlace.Unit.ROW, row.<Long>getAs("number") + 1);
  }

  @Override
  public JavaRDD<CorpusRow> rows() {
    RowReading told = reading;
    return table
        .select("file", "number", "id", "json")
        .javaRDD()
        .mapPartitions(
            rows -> {
              RowReading.Reader reader = told.reader();
              return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
                  .map(row -> read(reader, row))
                  .iterator();
            });
  }

  @Override
  public List<Problem> problems(List<CorpusRow.Refused> rows) {
    return rows.stream().flatMap(row -> row.problems().stream()).toList();
  }

  private static CorpusRow read(RowReading.Reader reader, Row row) {
    long id = row.<Long>getAs("id");
    return reader.read(
        id, () -> reader.row(id, DataRow.ofJson(place(row), row.<String>getAs("json"))));
  }

  @Override
  public Dataset<Row> table() {
    return table.select("id", "row");
  }
}
