package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.evaluation.prompt.Prompt;
import org.mergetomix.evaluation.prompt.Prompting;

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

  /**
   * What a prompt is for this tokenizer's model: its text, or the conversation as its chat template
   * renders it, with the beginning of the assistant's answer.
   *
   * @param row the question's row, which a message names
   * @throws org.mergetomix.problem.UserException if the conversation cannot be rendered
   */
  String prompt(Placed<?> row, Prompt prompt, Prompting.Layout layout);

  /** The tokens of a text that a model is to go on with, at least one. */
  int[] begun(String text);

  /** What tokens stand for together that a model wrote, without special ones. */
  String written(int... tokens);

  /** The tokens behind which what a model writes ends. */
  List<Integer> endings();

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
