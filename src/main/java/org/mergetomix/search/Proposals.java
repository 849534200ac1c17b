package org.mergetomix.search;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.config.Configuration.Search.Strategy;
import org.mergetomix.hocon.Choice;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.GreedyPath;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.OrderedSoup;
import org.mergetomix.surface.proposal.Proposer;
import org.mergetomix.surface.proposal.RandomOrder;
import org.mergetomix.surface.proposal.SearchSettings;
import org.mergetomix.surface.proposal.SearchStep;
import org.mergetomix.surface.proposal.SurfaceProposer;

/**
 * Who proposes, and within which bounds. Immutable.
 *
 * @param strategy one that evaluates a part of what is allowed
 */
record Proposals(Strategy strategy, AllowedSubsets allowed, SearchSettings settings)
    implements Serializable {

  /** A proposer that has seen nothing. */
  Proposer proposer() {
    return switch (strategy) {
      case SURFACE -> new SurfaceProposer(allowed, settings);
      case ORDERED_SOUP -> new OrderedSoup(allowed, settings.soupWidth());
      case FORWARD -> GreedyPath.forward(allowed);
      case BACKWARD -> GreedyPath.backward(allowed);
      case RANDOM -> new RandomOrder(allowed, settings.width(), settings.seed());
      case AUTO, EXHAUSTIVE -> throw new IllegalStateException(strategy + " proposes nothing");
    };
  }

  /** How many mixtures must be evaluated before anything can be said. */
  int fewest() {
    return strategy == Strategy.RANDOM
            || !(proposer().next(new History(List.of())) instanceof SearchStep.Evaluate first)
        ? 1
        : first.mixtures().size();
  }

  String name() {
    return Choice.name(strategy);
  }

  /** Everything that decides what is proposed; the tolerance decides only for how long. */
  String describe() {
    String name = name() + " over " + allowed.describe() + allowed.axes().subsets().identity();
    return switch (strategy) {
      case SURFACE ->
          "%s, in rounds of %s, of the soup %s, seed %s"
              .formatted(name, settings.width(), settings.soupWidth(), settings.seed());
      case ORDERED_SOUP -> "%s, in rounds of %s".formatted(name, settings.soupWidth());
      case RANDOM ->
          "%s, in rounds of %s, seed %s".formatted(name, settings.width(), settings.seed());
      default -> name;
    };
  }
}
