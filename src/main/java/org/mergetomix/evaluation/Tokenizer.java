package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;

/** How text becomes tokens, and which of them are asked for. Safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {

  /**
   * The windows in which an example is scored: on all of a text, on a completion, or on what the
   * assistant wrote.
   *
   * @param number the example's index, which the windows remember
   * @param context how many inputs the model takes, at least 1
   * @throws org.mergetomix.problem.UserException if a conversation cannot be rendered
   */
  List<TokenWindow> scored(int number, Placed<Example> example, int context);

  /** The windows in which an example is trained on; otherwise as {@link #scored}. */
  List<TokenWindow> trained(int number, Placed<Example> example, int context);

  /** How a continuation and its context are scored. */
  TokenPair pair(String context, String continuation);

  /** What tokens stand for together, special ones too, for people. */
  String text(int... tokens);

  /** The token that fills a batch up; never a target. */
  int padding();

  /** Releases native memory, if it has some. */
  @Override
  void close();

  /**
   * A continuation and what it continues.
   *
   * @param given the tokens of the context, at least one
   * @param continuation the tokens of the continuation
   */
  @SuppressWarnings("ArrayRecordComponent") // Read once, and never compared.
  record TokenPair(int[] given, int[] continuation) {}
}
