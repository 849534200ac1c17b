package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.model.GreedyDecoding;

/** A model, as far as it goes on with texts. One thread at a time. */
public interface TextWriter {

  /**
   * What it writes behind each of some beginnings, in one batch: one token or more, up to and with
   * the first that ends it.
   *
   * @param begun the tokens of each beginning, at least one each
   */
  List<int[]> write(List<int[]> begun, GreedyDecoding decoding);

  /**
   * Whether it answers with numbers: of what is none, it still chooses a token.
   *
   * @param token what it wrote first behind the beginning
   */
  boolean answersNumbers(int[] begun, int token);
}
