package org.mergetomix.spark.divide;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.DataForm;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** The rows of a corpus, read by executors. */
public interface Corpus {

  /** Files may have so many bytes or rows, and still every row an id of its own. */
  int FILE_BITS = 40;

  /** Every row, in any order. */
  JavaRDD<CorpusRow> rows();

  /** The rows as they are: {@code id}, and {@code row} with all columns. */
  Dataset<Row> table();

  /** What is to be told of rows: with their lines, which who reads a part of a file cannot know. */
  List<Problem> problems(List<CorpusRow.Refused> rows);

  /**
   * The corpus at a place.
   *
   * @param data a file, a folder or a glob
   * @param by the column that decides the part of a row; empty where its text does
   * @throws UserException if there is none, or its columns do not fit
   */
  static Corpus open(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Location data,
      RowColumns columns,
      String by) {
    Corpus found =
        found(spark, access, files, data, RowReading.of(RowReading.Meaning.EXAMPLE, columns, by));
    return found instanceof LineCorpus lines ? lines.typed() : found;
  }

  /** The data of a task, which is only looked at: its columns need no types of their own. */
  static Corpus ofTask(
      SparkSession spark, InputAccess access, InputFiles files, Manifest.TaskEntry task) {
    return found(
        spark,
        access,
        files,
        task.data(),
        task.kind().name().equals(LanguageModelling.KIND.name())
            ? RowReading.of(RowReading.Meaning.EXAMPLE, task.columns(), "")
            : RowReading.of(RowReading.Meaning.ALL_TEXTS, RowColumns.UNSAID, ""));
  }

  private static Corpus found(
      SparkSession spark, InputAccess access, InputFiles files, Location data, RowReading reading) {
    List<Location> parts = files.dataFiles(data);
    UserException.inputIfAny(
        files.dataProblems("The data", data, "Correct its path in the manifest"));
    Set<DataForm.Layout> layouts =
        parts.stream().map(part -> DataForm.of(part.name()).layout()).collect(Collectors.toSet());
    if (layouts.size() > 1) {
      throw UserException.input(
          "The data has files of several kinds: "
              + layouts.stream().map(Corpus::words).sorted().collect(Collectors.joining(", ")),
          data.text(),
          "Keep files of one kind together, as in folder/*.parquet");
    }
    return layouts.contains(DataForm.Layout.PARQUET)
        ? ParquetCorpus.open(spark, data, parts, reading)
        : LineCorpus.open(spark, access, files, data, parts, reading, LineCorpus.SLICE);
  }

  private static String words(DataForm.Layout layout) {
    return switch (layout) {
      case LINES -> "lines of text";
      case JSON_LINES -> "JSON Lines";
      case PARQUET -> "Parquet";
    };
  }
}
