package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataForm;
import org.mergetomix.data.DataRows;
import org.mergetomix.data.SliceRows;
import org.mergetomix.location.Location;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Lines of text, or JSON Lines: a task reads a few megabytes of a file. */
final class LineCorpus implements Corpus {

  /** Bytes that a task reads. */
  static final long SLICE = 4L << 20;

  private static final int LOOKED_AT = 1000;

  private static final StructType JSON =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("json", DataTypes.StringType, false);
  private static final StructType TEXT =
      new StructType().add(DataRows.TEXT, DataTypes.StringType, false);

  private final SparkSession spark;
  private final InputAccess access;
  private final Location data;
  private final List<Portion> portions;
  private final RowReading reading;
  private final StructType types;

  private LineCorpus(
      SparkSession spark,
      InputAccess access,
      Location data,
      List<Portion> portions,
      RowReading reading,
      StructType types) {
    this.spark = spark;
    this.access = access;
    this.data = data;
    this.portions = portions;
    this.reading = reading;
    this.types = types;
  }

  /**
   * Opens files of lines.
   *
   * @param slice bytes that a task reads of a file that is not compressed
   */
  static LineCorpus open(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Location data,
      List<Location> parts,
      RowReading reading,
      long slice) {
    List<Portion> portions = new ArrayList<>();
    for (int place = 0; place < parts.size(); place++) {
      addPortions(files, parts.get(place), place, slice, portions);
    }
    LineCorpus unknown = new LineCorpus(spark, access, data, portions, reading, TEXT);
    return new LineCorpus(spark, access, data, portions, reading.shown(unknown.first()), TEXT);
  }

  /** The same with the types of its columns, which it needs to become a table. */
  LineCorpus typed() {
    if (DataForm.of(portions.get(0).file().name()).layout() == DataForm.Layout.LINES) {
      return this;
    }
    StructType found =
        UnitedColumns.of(
                data,
                () ->
                    spark
                        .read()
                        .json(
                            spark.createDataset(
                                kept().map(CorpusRow.Kept::json).rdd(), Encoders.STRING())))
            .schema();
    return new LineCorpus(spark, access, data, portions, reading.typed(found), found);
  }

  private static void addPortions(
      InputFiles files, Location file, int place, long slice, List<Portion> portions) {
    if (DataForm.of(file.name()).compression() != DataForm.Compression.NONE) {
      portions.add(new Portion(place, file, 0, Long.MAX_VALUE));
      return;
    }
    long bytes = files.bytes(file);
    for (long from = 0; from < bytes; from += slice) {
      portions.add(new Portion(place, file, from, Math.min(bytes, from + slice)));
    }
  }

  /** The first row that means something, as JSON: it shows of which kind all are. */
  private String first() {
    List<CorpusRow.Refused> refused = new ArrayList<>();
    for (Portion portion : portions) {
      try (PortionRows rows = new PortionRows(portion, access, reading)) {
        while (rows.hasNext() && refused.size() < LOOKED_AT) {
          CorpusRow row = rows.next();
          if (row instanceof CorpusRow.Kept kept) {
            return kept.json();
          }
          if (row instanceof CorpusRow.Refused one) {
            refused.add(one);
          }
        }
      }
      if (refused.size() >= LOOKED_AT) {
        break;
      }
    }
    UserException.inputIfAny(problems(refused));
    throw UserException.input("The data holds no example", data.text(), "Write one example a line");
  }

  @Override
  public List<Problem> problems(List<CorpusRow.Refused> rows) {
    Map<String, String> lines = rows.isEmpty() ? Map.of() : lines(rows);
    return rows.stream()
        .flatMap(row -> row.problems().stream())
        .map(
            problem ->
                new Problem(
                    problem.what(),
                    lines.getOrDefault(problem.where(), problem.where()),
                    problem.remedy()))
        .toList();
  }

  /** The lines of rows by where they say to be; a file that fails has none. */
  private Map<String, String> lines(List<CorpusRow.Refused> rows) {
    SortedMap<Integer, SortedSet<Long>> positions = new TreeMap<>();
    rows.forEach(
        row ->
            positions
                .computeIfAbsent(Portion.place(row.id()), place -> new TreeSet<>())
                .add(Portion.position(row.id())));
    Map<String, String> lines = new HashMap<>();
    try (InputFiles files = access.open()) {
      for (Portion portion : portions) {
        SortedSet<Long> wanted = positions.remove(portion.place());
        if (wanted != null) {
          lines.putAll(lines(PortionRows.file(files, portion.file()), wanted));
        }
      }
    } catch (UserException unreadable) {
      return lines; // The bytes are told.
    }
    return lines;
  }

  private static Map<String, String> lines(DataFile file, SortedSet<Long> positions) {
    Map<String, String> lines = new HashMap<>();
    SliceRows.lines(file, positions)
        .forEach((position, line) -> lines.put(SliceRows.where(file.name(), position), line));
    return lines;
  }

  @Override
  public JavaRDD<CorpusRow> rows() {
    InputAccess reached = access;
    RowReading told = reading;
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(portions, portions.size())
        .flatMap(portion -> new PortionRows(portion, reached, told));
  }

  private JavaRDD<CorpusRow.Kept> kept() {
    return rows().filter(CorpusRow.Kept.class::isInstance).map(CorpusRow.Kept.class::cast);
  }

  @Override
  public Dataset<Row> table() {
    return spark
        .createDataFrame(kept().map(row -> RowFactory.create(row.id(), row.json())), JSON)
        .select(col("id"), from_json(col("json"), types, Map.of("mode", "FAILFAST")).as("row"));
  }
}
