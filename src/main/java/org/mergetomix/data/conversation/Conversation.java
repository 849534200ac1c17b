package org.mergetomix.data.conversation;

import java.util.List;

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
}
