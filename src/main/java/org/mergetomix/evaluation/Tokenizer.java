package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.problem.UserException;

/** How text becomes tokens. Immutable, so safe for use by several threads. */
public interface Tokenizer {

  /** What a manifest may call one. */
  List<String> NAMES = List.of(ByteTokenizer.NAME);

  /** The tokens of a text, between {@link #begin()} and {@link #end()}. */
  int[] encode(String text);

  /** The token before every text. */
  int begin();

  /** The token after every text. */
  int end();

  /** The token that fills a batch up; never a target. */
  int padding();

  /**
   * The tokenizer that a manifest calls by this name.
   *
   * @throws UserException if there is none
   */
  static Tokenizer named(String name) {
    if (!name.equals(ByteTokenizer.NAME)) {
      throw UserException.usage(
          "Unknown tokenizer " + name, "base.tokenizer", "Known: " + String.join(", ", NAMES));
    }
    return new ByteTokenizer();
  }
}
