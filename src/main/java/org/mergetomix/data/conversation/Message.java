package org.mergetomix.data.conversation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mergetomix.data.template.Value;
import org.mergetomix.problem.UserException;

/**
 * One turn of a conversation: its fields in their order, of which {@code role} is a text. Tool
 * calls, lists of contents and whatever else there is are kept as they are. A field that is null
 * counts as missing, as in transformers.
 *
 * @param fields the fields by name
 */
public record Message(Map<String, Value> fields) {

  private static final String ROLE = "role";
  private static final String CONTENT = "content";

  /** What a model writes beside the content; templates put it in places of their own. */
  private static final Set<String> BESIDE_CONTENT =
      Set.of("tool_calls", "function_call", "reasoning_content", "thinking", "reasoning");

  /**
   * Copies the fields, without those that are null.
   *
   * @throws UserException if there is no role
   */
  public Message {
    Map<String, Value> some = new LinkedHashMap<>(fields);
    some.values().removeIf(value -> value == Value.None.NONE);
    fields = Collections.unmodifiableMap(some);
    if (!(fields.get(ROLE) instanceof Value.Text)) {
      throw UserException.input(
          "A message has no role", "", "Give every message a text named role, such as user");
    }
  }

  /** A message with a text. */
  public static Message of(String role, String content) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put(ROLE, Value.of(role));
    fields.put(CONTENT, Value.of(content));
    return new Message(fields);
  }

  /** Whether the assistant wrote it. */
  boolean isCompletion() {
    return fields.get(ROLE).equals(Value.of("assistant"));
  }

  /** The content, if it is a text; otherwise nothing. */
  String text() {
    return fields.get(CONTENT) instanceof Value.Text text ? text.value() : "";
  }

  /** The content, if it is a text and there is nothing beside it that was written with it. */
  Optional<String> onlyText() {
    return fields.get(CONTENT) instanceof Value.Text text
            && Collections.disjoint(fields.keySet(), BESIDE_CONTENT)
        ? Optional.of(text.value())
        : Optional.empty();
  }

  /** The message with another text as its content. */
  Message withContent(String content) {
    Map<String, Value> changed = new LinkedHashMap<>(fields);
    changed.put(CONTENT, Value.of(content));
    return new Message(changed);
  }
}
