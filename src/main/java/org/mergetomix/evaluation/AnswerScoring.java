package org.mergetomix.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.data.OpenQuestion;
import org.mergetomix.evaluation.answer.AnswerFilter;
import org.mergetomix.evaluation.answer.Normalisation;
import org.mergetomix.pattern.BoundedPattern;
import org.mergetomix.problem.UserException;

/**
 * Whether what a model wrote is one of the right answers.
 *
 * @param questions in the task's order
 * @param filter what of a text is the answer; nothing for all of it
 * @param normalisation what does not count
 */
record AnswerScoring(
    List<OpenQuestion> questions,
    Optional<AnswerFilter.Ready> filter,
    Normalisation.Ready normalisation)
    implements WritingScoring {

  /** What counts as the answer where the filter finds none: lm-eval's word for it. */
  private static final String NOTHING = "[invalid]";

  @Override
  public SortedMap<String, double[]> scores(List<TaskExample> examples, List<String> written) {
    double[] exact = new double[examples.size()];
    double[] found = new double[examples.size()];
    for (int i = 0; i < exact.length; i++) {
      Optional<String> answer = answer(written.get(i));
      found[i] = answer.isPresent() ? 1 : 0;
      exact[i] = isRight(questions.get(examples.get(i).place()), answer.orElse(NOTHING)) ? 1 : 0;
    }
    SortedMap<String, double[]> scores = new TreeMap<>();
    scores.put(ExactMatch.EXACT_MATCH.name(), exact);
    if (filter.isPresent()) {
      scores.put(ExactMatch.ANSWERED.name(), found);
    }
    return scores;
  }

  private Optional<String> answer(String text) {
    try {
      return filter.isPresent() ? filter.get().answer(text) : Optional.of(text);
    } catch (BoundedPattern.TooLong endless) {
      throw endless("The filter", endless);
    }
  }

  private boolean isRight(OpenQuestion question, String answer) {
    try {
      String given = normalisation.of(answer);
      return question.answers().stream().anyMatch(right -> normalisation.of(right).equals(given));
    } catch (BoundedPattern.TooLong endless) {
      throw endless("A pattern that is ignored", endless);
    }
  }

  private static UserException endless(String what, BoundedPattern.TooLong cause) {
    return UserException.input(
        what + " does not come to an end on what the model wrote",
        "",
        "Write it without nested repetitions, and [ab] in place of (a|b)",
        cause);
  }
}
