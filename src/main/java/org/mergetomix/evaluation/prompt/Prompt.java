package org.mergetomix.evaluation.prompt;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.data.conversation.Conversation;
import org.mergetomix.data.conversation.Message;

/**
 * A question behind worked examples.
 *
 * @param shots the examples
 * @param asked the question
 */
public record Prompt(List<Turn> shots, String asked) {

  /** What stands behind an example in a text, as lm-eval has it. */
  private static final String BETWEEN = "\n\n";

  public Prompt {
    shots = List.copyOf(shots);
  }

  /** All of it as a text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Turn shot : shots) {
      text.append(shot.asked()).append(shot.delimiter()).append(shot.answer()).append(BETWEEN);
    }
    return text.append(asked).toString();
  }

  /** All of it as a conversation that waits for the assistant. */
  public Conversation conversation() {
    List<Message> messages = new ArrayList<>();
    for (Turn shot : shots) {
      messages.add(Message.of("user", shot.asked()));
      messages.add(Message.of("assistant", shot.answer()));
    }
    messages.add(Message.of("user", asked));
    return new Conversation(messages);
  }
}
