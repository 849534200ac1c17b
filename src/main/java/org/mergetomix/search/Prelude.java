package org.mergetomix.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Another search whose rounds are the first ones of a longer search. Which of a standing's rounds
 * are its own is found by asking it; what was found stays found while the standing grows. For one
 * thread.
 */
final class Prelude {

  private final SearchStrategy search;

  /** Rounds that are known to be the other search's own. */
  private int own;

  private boolean over;

  Prelude(SearchStrategy search) {
    this.search = search;
  }

  /** The next round of the other search; nothing when it is over. */
  Optional<Round> next(Standing standing) {
    if (own > standing.rounds()) {
      own = 0;
      over = false;
    }
    while (!over) {
      Optional<Round> next = search.next(beginning(standing));
      if (next.isEmpty()) {
        over = true;
      } else if (own == standing.rounds()) {
        return next;
      } else {
        own++;
      }
    }
    return Optional.empty();
  }

  /** How many rounds were its own, once it is over. */
  int rounds() {
    return own;
  }

  /** Why it is over. */
  String ended(Standing standing) {
    return search.ended(beginning(standing));
  }

  /** What was known of every mixture when the other search was over. */
  List<Answer> answers(Standing standing) {
    List<Answer> answers = new ArrayList<>(standing.before());
    for (int number = 1; number <= own; number++) {
      answers.addAll(standing.of(number));
    }
    return answers;
  }

  /** What the other search knows: its own rounds, and nothing that it does not consider. */
  private Standing beginning(Standing standing) {
    int rounds = own;
    return new Standing() {
      @Override
      public int rounds() {
        return rounds;
      }

      @Override
      public List<Answer> before() {
        return standing.before().stream()
            .filter(answer -> search.considers(answer.mixture()))
            .toList();
      }

      @Override
      public List<Answer> of(int number) {
        return standing.of(number);
      }
    };
  }
}
