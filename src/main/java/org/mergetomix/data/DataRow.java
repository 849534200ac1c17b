package org.mergetomix.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.mergetomix.problem.UserException;

/**
 * A row of data: values by the names of its columns.
 *
 * @param place where it stands
 * @param fields an object, or nothing where the row is blank
 */
public record DataRow(RowPlace place, JsonNode fields) {

  /**
   * The row of an object of JSON.
   *
   * @throws UserException if the text is not one object, strictly
   */
  public static DataRow ofJson(RowPlace place, String json) {
    return JsonRows.row(place, json);
  }

  /** Whether there is nothing in it. */
  public boolean isBlank() {
    return fields.isMissingNode();
  }

  /** Whether it has such a column, with something other than null. */
  public boolean has(String column) {
    JsonNode value = find(column);
    return !value.isMissingNode() && !value.isNull();
  }

  /**
   * A value.
   *
   * @param column a column's name, or the way to a value inside of one: {@code choices.text}
   * @throws UserException if there is none
   */
  public JsonNode value(String column) {
    JsonNode value = find(column);
    if (value.isMissingNode()) {
      List<String> names = new ArrayList<>();
      fields.fieldNames().forEachRemaining(names::add);
      throw refused(
          "The row has no column " + column,
          "It has " + (names.isEmpty() ? "none" : String.join(", ", names)));
    }
    return value;
  }

  /**
   * A text; it may be empty.
   *
   * @throws UserException if there is none
   */
  public String text(String column) {
    return text(column, value(column));
  }

  /**
   * A list of texts; it may be empty.
   *
   * @throws UserException if it is no list, or something in it is no text
   */
  public List<String> texts(String column) {
    JsonNode value = value(column);
    if (!value.isArray()) {
      throw wrongType(column, "a list of texts", value);
    }
    List<String> texts = new ArrayList<>();
    value.forEach(item -> texts.add(text(column, item)));
    return List.copyOf(texts);
  }

  private String text(String column, JsonNode value) {
    if (!value.isTextual()) {
      throw wrongType(column, "a text", value);
    }
    String text = value.textValue();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw refused("The column " + column + " has half a character", "Write whole ones");
    }
    return text;
  }

  /** That a value is of another type than it has to be. */
  public UserException wrongType(String column, String words, JsonNode value) {
    String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
    return refused("The column %s must be %s, not %s".formatted(column, words, type), "");
  }

  /** That the row will not do. */
  public UserException refused(String what, String remedy) {
    return UserException.input(what, place.where(), remedy);
  }

  private JsonNode find(String column) {
    JsonNode exact = fields.path(column);
    if (!exact.isMissingNode() || column.indexOf('.') < 0) {
      return exact;
    }
    JsonNode value = fields;
    for (String name : column.split("\\.", -1)) {
      value = value.isObject() ? value.path(name) : MissingNode.getInstance();
    }
    return value;
  }
}
