package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.mergetomix.data.DataForm;
import org.mergetomix.data.DataRows;
import org.mergetomix.location.Location;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Lines of text, or JSON Lines: a task reads a few megabytes of a file. */
final class LineCorpus implements Corpus {

  private static final long SLICE = 4L << 20;
  private static final int LOOKED_AT = 1000;

  private static final StructType JSON =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("json", DataTypes.StringType, false);
  private static final StructType TEXT =
      new StructType().add(DataRows.TEXT, DataTypes.StringType, false);

  private final SparkSession spark;
  private final InputAccess access;
  private final List<Portion> portions;
  private final RowReading reading;
  private final StructType types;

  private LineCorpus(
      SparkSession spark,
      InputAccess access,
      List<Portion> portions,
      RowReading reading,
      StructType types) {
    this.spark = spark;
    this.access = access;
    this.portions = portions;
    this.reading = reading;
    this.types = types;
  }

  static Corpus open(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Location data,
      List<Location> parts,
      RowReading reading) {
    List<Portion> portions = new ArrayList<>();
    for (int place = 0; place < parts.size(); place++) {
      addPortions(files, parts.get(place), place, portions);
    }
    RowReading known = reading.shown(first(access, data, portions, reading));
    LineCorpus untyped = new LineCorpus(spark, access, portions, known, TEXT);
    if (DataForm.of(parts.get(0).name()).layout() == DataForm.Layout.LINES) {
      return untyped;
    }
    StructType types =
        spark
            .read()
            .json(
                spark.createDataset(
                    untyped.kept().map(CorpusRow.Kept::json).rdd(), Encoders.STRING()))
            .schema();
    return new LineCorpus(spark, access, portions, known.typed(types), types);
  }

  private static void addPortions(
      InputFiles files, Location file, int place, List<Portion> portions) {
    if (DataForm.of(file.name()).compression() != DataForm.Compression.NONE) {
      portions.add(new Portion(place, file, 0, Long.MAX_VALUE));
      return;
    }
    long bytes = files.bytes(file);
    for (long from = 0; from < bytes; from += SLICE) {
      portions.add(new Portion(place, file, from, Math.min(bytes, from + SLICE)));
    }
  }

  /** The first row that means something, as JSON: it shows of which kind all are. */
  private static String first(
      InputAccess access, Location data, List<Portion> portions, RowReading reading) {
    List<Problem> problems = new ArrayList<>();
    for (Portion portion : portions) {
      try (PortionRows rows = new PortionRows(portion, access, reading)) {
        while (rows.hasNext() && problems.size() < LOOKED_AT) {
          CorpusRow row = rows.next();
          if (row instanceof CorpusRow.Kept kept) {
            return kept.json();
          }
          if (row instanceof CorpusRow.Refused refused) {
            problems.addAll(refused.problems());
          }
        }
      }
    }
    UserException.inputIfAny(problems);
    throw UserException.input("The data holds no example", data.text(), "Write one example a line");
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
