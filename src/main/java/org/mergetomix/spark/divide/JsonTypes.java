package org.mergetomix.spark.divide;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Whether a row of JSON is the same in Parquet, where a column has one type. Spark finds the types;
 * where rows differ, it would make texts of all.
 */
final class JsonTypes {

  private static final Pattern HALF_CHARACTER =
      Pattern.compile(
          "[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]");

  private JsonTypes() {}

  /**
   * What would be lost.
   *
   * @param messages the column with conversations, whose messages have no nulls within their fields
   * @return a sentence; empty where nothing is
   */
  static Optional<String> loss(JsonNode row, StructType types, String messages) {
    if (types.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> unknown = unknown("", row, types);
    if (unknown.isPresent()) {
      return unknown;
    }
    for (StructField column : types.fields()) {
      Optional<String> loss =
          loss(
              column.name(),
              row.path(column.name()),
              column.dataType(),
              // A field of a message that is null counts as missing: what is within it does not.
              column.name().equals(messages) ? 2 : Integer.MAX_VALUE);
      if (loss.isPresent()) {
        return loss;
      }
    }
    return Optional.empty();
  }

  /**
   * @param optional how many levels of objects may lack fields
   */
  private static Optional<String> loss(String name, JsonNode value, DataType type, int optional) {
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (type instanceof StructType fields && value.isObject()) {
      Optional<String> unknown = unknown(name + ".", value, fields);
      if (unknown.isPresent()) {
        return unknown;
      }
      for (StructField field : fields.fields()) {
        JsonNode inner = value.path(field.name());
        if (optional <= 1 && (inner.isMissingNode() || inner.isNull())) {
          return Optional.of(
              "The messages have different fields in %s: Parquet would give %s to each"
                  .formatted(name, field.name()));
        }
        Optional<String> loss =
            loss(name + "." + field.name(), inner, field.dataType(), optional - 1);
        if (loss.isPresent()) {
          return loss;
        }
      }
      return Optional.empty();
    }
    if (type instanceof ArrayType list && value.isArray()) {
      for (JsonNode element : value) {
        Optional<String> loss = loss(name, element, list.elementType(), optional);
        if (loss.isPresent()) {
          return loss;
        }
      }
      return Optional.empty();
    }
    if (type.equals(DataTypes.DoubleType) && value.isIntegralNumber() && !isExact(value)) {
      return Optional.of(
          "The column %s has fractions in other rows, and %s would be another number as one of them"
              .formatted(name, value.asText()));
    }
    if (!isOf(type, value)) {
      return Optional.of(
          "The column %s is %s, and something else in other rows: Parquet has one type a column"
              .formatted(name, value.getNodeType().name().toLowerCase(Locale.ROOT)));
    }
    return value.isTextual() && HALF_CHARACTER.matcher(value.textValue()).find()
        ? Optional.of("The column %s has half a character".formatted(name))
        : Optional.empty();
  }

  /** Spark takes names that differ only in case for one, and reads one of them. */
  private static Optional<String> unknown(String within, JsonNode row, StructType types) {
    Set<String> known = Set.of(types.fieldNames());
    Iterator<Map.Entry<String, JsonNode>> fields = row.fields();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      JsonNode value = field.getValue();
      boolean nothing = value.isNull() || (value.isContainerNode() && value.isEmpty());
      if (!nothing && !known.contains(field.getKey())) {
        return Optional.of(
            "The column %s%s has the name of another but for upper and lower case, and Parquet"
                    .formatted(within, field.getKey())
                + " would have one of them");
      }
    }
    return Optional.empty();
  }

  /** Above 2 to the 53rd not every whole number is a double. */
  private static boolean isExact(JsonNode whole) {
    double nearest = whole.doubleValue();
    return Double.isFinite(nearest) && new BigDecimal(nearest).compareTo(whole.decimalValue()) == 0;
  }

  private static boolean isOf(DataType type, JsonNode value) {
    if (type.equals(DataTypes.StringType)) {
      return value.isTextual();
    }
    return type.equals(DataTypes.BooleanType) ? value.isBoolean() : value.isNumber();
  }
}
