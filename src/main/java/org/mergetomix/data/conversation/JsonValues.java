package org.mergetomix.data.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.mergetomix.data.template.Value;
import org.mergetomix.problem.UserException;

/** Values of JSON, as templates see them, and back. */
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

  /** An object with fields of values that came from JSON, in their order. */
  public static ObjectNode node(Map<String, Value> fields) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    fields.forEach((name, value) -> object.set(name, node(value)));
    return object;
  }

  private static JsonNode node(Value value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (value instanceof Value.Mapping mapping) {
      Map<String, Value> fields = new LinkedHashMap<>();
      mapping.entries().forEach((key, of) -> fields.put(((Value.Text) key).value(), of));
      return node(fields);
    }
    if (value instanceof Value.Sequence sequence) {
      ArrayNode array = nodes.arrayNode();
      sequence.elements().forEach(element -> array.add(node(element)));
      return array;
    }
    if (value instanceof Value.Text text) {
      return nodes.textNode(text.value());
    }
    if (value instanceof Value.Whole whole) {
      return nodes.numberNode(whole.value());
    }
    if (value instanceof Value.Real real) {
      return nodes.numberNode(real.value());
    }
    if (value instanceof Value.Bool bool) {
      return nodes.booleanNode(bool.value());
    }
    if (value == Value.None.NONE) {
      return nodes.nullNode();
    }
    throw new IllegalArgumentException("No value of JSON: " + value);
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
