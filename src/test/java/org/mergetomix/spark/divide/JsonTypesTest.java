package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class JsonTypesTest {

  private static final StructType TYPES =
      StructType.fromDDL(
          "n BIGINT, x DOUBLE, s STRING, list ARRAY<STRING>,"
              + " messages ARRAY<STRUCT<role: STRING, content: STRING,"
              + " call: STRUCT<name: STRING, city: STRING>>>");

  private static Optional<String> loss(String row) {
    try {
      return JsonTypes.loss(new ObjectMapper().readTree(row), TYPES, "messages");
    } catch (JsonProcessingException bug) {
      throw new AssertionError(bug);
    }
  }

  @Test
  void loseNothingOfARowThatHasThem() {
    assertThat(loss("{\"n\": 1, \"x\": 2, \"s\": \"\uD83D\uDE00\", \"list\": [\"a\", null]}"))
        .isEmpty();
    assertThat(loss("{\"n\": null}")).isEmpty();
    assertThat(
            loss(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"tool\","
                    + " \"call\": {\"name\": \"f\", \"city\": \"Rome\"}}]}"))
        .isEmpty();
  }

  @Test
  void wouldMakeTextsOfOtherValues() {
    assertThat(loss("{\"s\": 3}")).hasValueSatisfying(s -> assertThat(s).contains("s is number"));
    assertThat(loss("{\"list\": [true]}"))
        .hasValueSatisfying(s -> assertThat(s).contains("list is boolean"));
  }

  @Test
  void wouldLoseWhatIsCalledLikeAnotherColumn() {
    assertThat(loss("{\"S\": \"a\"}")).hasValueSatisfying(s -> assertThat(s).contains("column S"));
    assertThat(loss("{\"messages\": [{\"Role\": \"user\"}]}"))
        .hasValueSatisfying(s -> assertThat(s).contains("messages.Role"));
    assertThat(loss("{\"nothing\": null, \"empty\": {}}")).isEmpty();
  }

  @Test
  void wouldChangeWholeNumbersAmongFractionsThatAreNoDoubles() {
    assertThat(loss("{\"x\": 9007199254740992}")).isEmpty();
    for (String changed : List.of("9007199254740993", "9223372036854775807")) {
      assertThat(loss("{\"x\": " + changed + "}"))
          .hasValueSatisfying(s -> assertThat(s).contains("x has fractions", changed));
    }
    assertThat(loss("{\"n\": 9223372036854775807}")).isEmpty();
  }

  @Test
  void wouldGiveMessagesNullsWithinTheirFields() {
    assertThat(loss("{\"messages\": [{\"role\": \"tool\", \"call\": {\"name\": \"f\"}}]}"))
        .hasValueSatisfying(s -> assertThat(s).contains("messages.call", "city"));
  }

  @Test
  void cannotHoldHalfACharacter() {
    assertThat(loss("{\"s\": \"a\\ud800b\"}"))
        .hasValueSatisfying(s -> assertThat(s).contains("half a character"));
  }
}
