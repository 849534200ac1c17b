package org.mergetomix.spark.divide;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;

/** Makes sure that the columns of all rows can be those of one table. */
final class UnitedColumns {

  private static final int DEEPEST = 20;

  private UnitedColumns() {}

  /**
   * Rows that are opened.
   *
   * @param data where they lie, for messages
   * @throws UserException if columns have several types, or names that differ only in case
   */
  static Dataset<Row> of(Location data, Supplier<Dataset<Row>> opening) {
    Dataset<Row> rows;
    try {
      rows = opening.get();
    } catch (Exception failure) { // Spark's own are checked, and not declared.
      Optional<UserException> known = problem(data, failure);
      if (known.isPresent()) {
        throw known.get();
      }
      throw failure;
    }
    requireNames(data, rows.schema());
    return rows;
  }

  private static Optional<UserException> problem(Location data, Exception failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      String condition =
          cause instanceof SparkThrowable said && said.getCondition() != null
              ? said.getCondition()
              : "";
      if (condition.equals("COLUMN_ALREADY_EXISTS")) {
        String column = ((SparkThrowable) cause).getMessageParameters().get("columnName");
        return Optional.of(sameName(data, "several columns whose name is " + column));
      }
      if (condition.startsWith("CANNOT_MERGE_")) {
        return Optional.of(
            UserException.input(
                "The files have columns of the same name and of different types: "
                    + cause.getMessage().lines().findFirst().orElse(""),
                data.text(),
                "Write them with the same types"));
      }
    }
    return Optional.empty();
  }

  private static UserException sameName(Location data, String what) {
    return UserException.input(
        "The rows have %s, but for upper and lower case".formatted(what),
        data.text(),
        "Rename one, since Spark's tables take them for the same");
  }

  private static void requireNames(Location data, DataType type) {
    if (type instanceof ArrayType list) {
      requireNames(data, list.elementType());
    }
    if (type instanceof StructType columns) {
      Map<String, String> names = new HashMap<>();
      for (StructField column : columns.fields()) {
        String other = names.putIfAbsent(column.name().toLowerCase(Locale.ROOT), column.name());
        if (other != null) {
          throw sameName(data, "columns %s and %s, the same name".formatted(other, column.name()));
        }
        requireNames(data, column.dataType());
      }
    }
  }
}
