package org.mergetomix.table;

import org.apache.spark.sql.Row;

/** Numbers that may not be known: NaN here, null in a table. */
final class NullableNumber {

  private NullableNumber() {}

  static Double column(double number) {
    return Double.isNaN(number) ? null : number;
  }

  static double of(Row row, int column) {
    return row.isNullAt(column) ? Double.NaN : row.getDouble(column);
  }
}
