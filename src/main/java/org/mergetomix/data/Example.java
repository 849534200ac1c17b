package org.mergetomix.data;

import java.util.function.Function;
import org.mergetomix.data.conversation.Conversation;

/** A row of a dataset or of a text to be modelled. */
public sealed interface Example {

  /** What each kind of example becomes. */
  <R> R map(
      Function<PlainText, R> text,
      Function<Completion, R> completion,
      Function<Dialogue, R> dialogue);

  /** A text, all of which counts. */
  record PlainText(String text) implements Example {

    @Override
    public <R> R map(
        Function<PlainText, R> text,
        Function<Completion, R> completion,
        Function<Dialogue, R> dialogue) {
      return text.apply(this);
    }
  }

  /**
   * A text after another one, which does not count.
   *
   * @param prompt what is given; it may be empty
   * @param completion what follows it; not empty
   */
  record Completion(String prompt, String completion) implements Example {

    @Override
    public <R> R map(
        Function<PlainText, R> text,
        Function<Completion, R> completion,
        Function<Dialogue, R> dialogue) {
      return completion.apply(this);
    }
  }

  /** A conversation, of which counts what the assistant wrote, if it wrote anything. */
  record Dialogue(Conversation conversation) implements Example {

    @Override
    public <R> R map(
        Function<PlainText, R> text,
        Function<Completion, R> completion,
        Function<Dialogue, R> dialogue) {
      return dialogue.apply(this);
    }
  }
}
