package org.mergetomix.data;

import java.util.List;

/**
 * A question whose answer is written.
 *
 * @param prompt what comes before the answer; it may be empty
 * @param answers what is right, each alone; at least one, none of them empty
 */
public record OpenQuestion(String prompt, List<String> answers) {

  public OpenQuestion {
    answers = List.copyOf(answers);
  }
}
