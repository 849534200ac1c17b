package org.mergetomix.search;

import java.util.List;

/**
 * What a strategy knows when it is asked: what was there when it began, and what its own rounds
 * found since. Read when it is asked for, since a strategy may need none of it.
 */
public interface Standing {

  /** How many rounds of the strategy are answered: 0 at its beginning. */
  int rounds();

  /** What was known of the mixtures that it considers when it began, ordered by mixture id. */
  List<Answer> before();

  /**
   * What a round of its own found, ordered by mixture id.
   *
   * @param number from 1 to {@link #rounds()}
   */
  List<Answer> of(int number);
}
