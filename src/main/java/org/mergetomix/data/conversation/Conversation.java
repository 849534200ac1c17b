package org.mergetomix.data.conversation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What several wrote to each other.
 *
 * @param messages the turns, in order
 */
public record Conversation(List<Message> messages) {

  /** The messages are copied. */
  public Conversation {
    messages = List.copyOf(messages);
  }

  /** What everybody wrote, a line between two: the contents that are texts. */
  public String contents() {
    return messages.stream().map(Message::text).collect(Collectors.joining("\n"));
  }

  /** What the assistant wrote, or everybody where it wrote nothing: the contents that are texts. */
  public String completions() {
    boolean some = messages.stream().anyMatch(Message::isCompletion);
    return messages.stream()
        .filter(message -> !some || message.isCompletion())
        .map(Message::text)
        .collect(Collectors.joining());
  }
}
