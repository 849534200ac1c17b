package org.mergetomix.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with the columns of a row in it: {@code "Q: {question}\nA:"}. Doubled braces stand for
 * single ones. Nothing else is known, so it is no program.
 *
 * @param text as it is written
 */
public record TextTemplate(String text) implements Serializable {

  private static final Pattern PART = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|[{}]");

  /**
   * @throws IllegalArgumentException if a brace is alone or surrounds nothing, as the end of a
   *     sentence
   */
  public TextTemplate {
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      if (parts.group().length() == 1) {
        throw new IllegalArgumentException(
            "has a brace alone: write {column}, and double a brace that is meant");
      }
      if (parts.group(1) != null && parts.group(1).isBlank()) {
        throw new IllegalArgumentException("has braces around nothing: write {column}");
      }
    }
  }

  /** The columns that it names, in order. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    PART.matcher(text)
        .results()
        .filter(part -> part.group(1) != null)
        .forEach(part -> columns.add(part.group(1)));
    return List.copyOf(columns);
  }

  /**
   * The text for a row.
   *
   * @throws org.mergetomix.problem.UserException if the row lacks a column, or it holds neither a
   *     text nor a number
   */
  public String of(DataRow row) {
    return PART.matcher(text)
        .replaceAll(
            part ->
                Matcher.quoteReplacement(
                    part.group(1) == null ? part.group().substring(1) : value(row, part.group(1))));
  }

  private static String value(DataRow row, String column) {
    JsonNode value = row.value(column);
    return value.isNumber() ? value.asText() : row.text(column);
  }
}
