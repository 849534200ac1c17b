package org.mergetomix.evaluation;

import java.util.List;

/** How text becomes tokens, and which of them are asked for. Safe for use by several threads. */
public interface Tokenizer extends AutoCloseable {

  /**
   * The windows in which a text is scored.
   *
   * @param example the text's index, which the windows remember
   * @param context how many inputs the model takes, at least 1
   */
  List<TokenWindow> scored(int example, String text, int context);

  /** The windows in which a text is trained on; otherwise as {@link #scored}. */
  List<TokenWindow> trained(int example, String text, int context);

  /** The token that fills a batch up; never a target. */
  int padding();

  /** Releases native memory, if it has some. */
  @Override
  void close();
}
