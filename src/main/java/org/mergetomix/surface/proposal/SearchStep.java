package org.mergetomix.surface.proposal;

import java.util.List;
import java.util.OptionalDouble;
import org.mergetomix.mixture.Mixture;

/** What a search does next. */
public sealed interface SearchStep {

  /**
   * Evaluate these.
   *
   * @param mixtures at least one, none of them evaluated before
   * @param expectedImprovement the greatest that a surface expects of them, in units of the score;
   *     empty where no surface chose them
   */
  record Evaluate(List<Mixture> mixtures, OptionalDouble expectedImprovement)
      implements SearchStep {

    public Evaluate {
      mixtures = List.copyOf(mixtures);
    }

    static Evaluate of(List<Mixture> mixtures) {
      return new Evaluate(mixtures, OptionalDouble.empty());
    }
  }

  /**
   * Stop here.
   *
   * @param reason for people, a clause without a full stop
   */
  record Stop(String reason) implements SearchStep {}
}
