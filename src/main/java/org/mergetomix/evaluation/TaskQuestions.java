package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.score.ExampleRange;

/**
 * What a task asks a model: windows of tokens, whose targets it is to find likely. Immutable, so
 * safe to share between engines and threads.
 *
 * @param scoring what makes scores of the answers
 * @param examples the examples, in the task's order
 * @param windows the windows of all examples, in the order of these
 * @param padding the token that fills a batch up
 */
public record TaskQuestions(
    Scoring scoring, List<TaskExample> examples, List<TokenWindow> windows, int padding) {

  public TaskQuestions {
    examples = List.copyOf(examples);
    windows = List.copyOf(windows);
  }

  /** How many examples there are. */
  public int size() {
    return examples.size();
  }

  /** What they count in a measure, in the task's order. */
  public double[] weights(String measure) {
    return examples.stream().mapToDouble(example -> example.weight(measure)).toArray();
  }

  /** The windows of some of the examples, in order. */
  public List<TokenWindow> windows(ExampleRange range) {
    return windows.stream()
        .filter(window -> window.example() >= range.from() && window.example() < range.to())
        .toList();
  }
}
