package org.mergetomix.evaluation.answer;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.mergetomix.data.template.syntax.Whitespace;
import org.mergetomix.pattern.PythonPattern;

/**
 * What of a text is the answer, as lm-eval's filter {@code regex} has it: what the first group that
 * is not empty holds, or all that matches where there is no group, without white space around it.
 *
 * @param pattern what an answer looks like
 * @param take which of several answers counts
 */
public record AnswerFilter(PythonPattern pattern, Take take) implements Serializable {

  /** Which of several answers in a text counts. */
  public enum Take {
    FIRST,
    LAST
  }

  /**
   * A filter that is ready for use. Safe for use by several threads.
   *
   * @param pattern what an answer looks like
   * @param take which of several answers counts
   */
  public record Ready(PythonPattern.Compiled pattern, Take take) {

    /**
     * The answer in a text, if there is one.
     *
     * @throws org.mergetomix.pattern.BoundedPattern.TooLong if the pattern does not come to an end
     */
    public Optional<String> answer(String text) {
      List<List<String>> found = pattern.findAll(text);
      return found.isEmpty()
          ? Optional.empty()
          : found.get(take == Take.FIRST ? 0 : found.size() - 1).stream()
              .filter(group -> !group.isEmpty())
              .findFirst()
              .map(group -> Whitespace.stripStart(Whitespace.stripEnd(group)));
    }
  }

  /** The same, ready for use. */
  public Ready ready() {
    return new Ready(pattern.compiled(), take);
  }
}
