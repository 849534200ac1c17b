package org.mergetomix.data.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mergetomix.data.template.Value;
import org.mergetomix.problem.UserException;

/** Values of JSON, as templates see them. */
public final class JsonValues {

  private JsonValues() {}

  /**
   * The value of a node; its depth is bounded by whoever read it.
   *
   * @throws UserException if it has a whole number that no long holds
   */
  public static Value of(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL -> Value.None.NONE;
      case BOOLEAN -> Value.of(node.booleanValue());
      case STRING -> Value.of(node.textValue());
      case NUMBER -> number(node);
      case ARRAY -> {
        List<Value> elements = new ArrayList<>();
        node.forEach(element -> elements.add(of(element)));
        yield Value.Sequence.list(elements);
      }
      case OBJECT -> Value.Mapping.ofNames(fields(node));
      default -> throw new IllegalArgumentException("JSON has no " + node.getNodeType());
    };
  }

  /** The fields of an object, in their order. */
  public static Map<String, Value> fields(JsonNode object) {
    Map<String, Value> fields = new LinkedHashMap<>();
    object.properties().forEach(field -> fields.put(field.getKey(), of(field.getValue())));
    return fields;
  }

  private static Value number(JsonNode node) {
    if (node.isIntegralNumber()) {
      if (!node.canConvertToLong()) {
        throw UserException.input(
            "The whole number " + node.asText() + " is too large", "", "Make it a text");
      }
      return Value.of(node.longValue());
    }
    return new Value.Real(node.doubleValue());
  }
}
