package org.mergetomix.data;

import java.util.List;

/**
 * A question with choices.
 *
 * @param context what comes before a choice; it may be empty
 * @param choices two or more, none of them empty
 * @param answer the place of the right one, from 0
 */
public record Question(String context, List<String> choices, int answer) {

  public Question {
    choices = List.copyOf(choices);
  }
}
