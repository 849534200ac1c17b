package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.evaluation.answer.TextEnding;

/**
 * Beginnings of texts that a model is to go on with, always with the likeliest token.
 *
 * @param scoring what makes scores of what it wrote
 * @param examples the examples, in the task's order
 * @param prompts the tokens of each example's beginning, at least one each
 * @param ending where a text ends
 * @param tokenizer what makes text of tokens
 */
public record WritingQuestions(
    WritingScoring scoring,
    List<TaskExample> examples,
    List<int[]> prompts,
    TextEnding ending,
    TokenizerSource tokenizer)
    implements TaskQuestions {

  public WritingQuestions {
    examples = List.copyOf(examples);
    prompts = List.copyOf(prompts);
  }
}
