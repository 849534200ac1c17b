package org.mergetomix.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.Locale;
import org.mergetomix.problem.UserException;

/** Reads an object of JSON from a line: strict, and of bounded depth. */
final class JsonRows {

  private static final int DEEPEST = 64;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonRows() {}

  /**
   * The row of a line that is not blank.
   *
   * @throws UserException if it is not one object
   */
  static DataRow row(RowPlace place, String line) {
    JsonNode value;
    try {
      value = JSON.readTree(line);
    } catch (JsonProcessingException malformed) {
      throw UserException.input(
          "Not JSON: " + malformed.getOriginalMessage().lines().findFirst().orElse(""),
          place.where(),
          "Write one object a line",
          malformed);
    }
    if (value.getNodeType() != JsonNodeType.OBJECT) {
      throw UserException.input(
          "The row is not an object but " + value.getNodeType().name().toLowerCase(Locale.ROOT),
          place.where(),
          "Write one object a line");
    }
    return new DataRow(place, value);
  }
}
