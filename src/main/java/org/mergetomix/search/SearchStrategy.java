package org.mergetomix.search;

import java.io.Serializable;
import java.util.Optional;
import org.mergetomix.mixture.Mixture;

/**
 * Which mixtures to evaluate next. Deterministic: the same standing always gets the same round, so
 * a search that was killed proposes again what it had proposed. Immutable.
 */
public interface SearchStrategy extends Serializable {

  /**
   * Names the strategy with everything that decides its proposals: lower-case letters, digits and
   * hyphens. Rows and rounds bear it.
   */
  String id();

  /** The strategy in words, for logs and reports. */
  String describe();

  /** How many mixtures it will ask for at most. */
  long most();

  /**
   * How many mixtures the question is about, evaluated or not; {@link Long#MAX_VALUE} where there
   * are more.
   */
  default long possible() {
    return most();
  }

  /** Whether a mixture is among the {@link #possible()} ones; refined ratios are not. */
  default boolean isPossible(Mixture mixture) {
    return considers(mixture);
  }

  /** Whether a mixture is ranked, wherever its rows come from. */
  boolean considers(Mixture mixture);

  /** What a mixture that failed means to this strategy when the search is started again. */
  Failures failures();

  /** The next round; nothing when it has seen enough. */
  Optional<Round> next(Standing standing);

  /** Why nothing follows, once {@link #next} has nothing: a clause for people. */
  default String ended(Standing standing) {
    return "every mixture was asked for";
  }

  /** What a mixture that failed means when the search is started again. */
  enum Failures {
    /** It is tried again: proposals do not depend on what came out. */
    TRIED_AGAIN,
    /** It counts as answered: trying again could change proposals that were made since. */
    ANSWERED
  }
}
