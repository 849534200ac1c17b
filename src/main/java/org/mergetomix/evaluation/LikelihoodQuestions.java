package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.score.ExampleRange;

/**
 * Questions how likely a model finds something: windows of tokens, whose targets it is to find
 * likely.
 *
 * @param scoring what makes scores of the answers
 * @param examples the examples, in the task's order
 * @param windows the windows of all examples, in the order of these
 * @param padding the token that fills a batch up
 */
public record LikelihoodQuestions(
    Scoring scoring, List<TaskExample> examples, List<TokenWindow> windows, int padding)
    implements TaskQuestions {

  public LikelihoodQuestions {
    examples = List.copyOf(examples);
    windows = List.copyOf(windows);
  }

  /** The windows of some of the examples, in order. */
  public List<TokenWindow> windows(ExampleRange range) {
    return windows.stream()
        .filter(window -> window.example() >= range.from() && window.example() < range.to())
        .toList();
  }
}
