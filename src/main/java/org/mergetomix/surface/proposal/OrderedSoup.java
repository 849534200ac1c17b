package org.mergetomix.surface.proposal;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.mergetomix.mixture.Mixture;

/**
 * The ordered soup: datasets by the score each has alone; from the best on, each is added if that
 * helps. After the first round it takes an evaluation a dataset.
 *
 * <p>With a look ahead it also proposes what comes next if the additions do help, so that a round
 * is wider and there are fewer of them; where an addition does not help, the rest of its round was
 * for the surface alone.
 */
public final class OrderedSoup implements Proposer {

  private final AllowedSubsets allowed;
  private final FirstRound first;
  private final int lookAhead;

  /**
   * A soup.
   *
   * @param lookAhead most additions in a round, 1 or more
   */
  public OrderedSoup(AllowedSubsets allowed, int lookAhead) {
    this.allowed = allowed;
    this.lookAhead = lookAhead;
    first = new FirstRound(allowed);
  }

  @Override
  public SearchStep next(History history) {
    List<Mixture> missing = history.missing(first.mixtures());
    if (!missing.isEmpty()) {
      return SearchStep.Evaluate.of(missing);
    }
    if (first.smallest().isEmpty()) {
      return new SearchStep.Stop("the bounds allow one mixture");
    }
    List<Integer> order = new ArrayList<>(first.smallest().keySet());
    order.sort(Comparator.comparingDouble(dataset -> score(history, dataset)));
    BitSet soup = allowed.axes().members(first.smallest().get(order.get(0)));
    double best = score(history, order.get(0));
    for (int i = 1; i < order.size(); i++) {
      BitSet larger = with(soup, order.get(i));
      if (larger.cardinality() > allowed.maximum() || larger.equals(soup)) {
        continue;
      }
      Mixture candidate = allowed.axes().subset(larger);
      if (history.score(candidate).isEmpty()) {
        return SearchStep.Evaluate.of(ahead(history, soup, order.subList(i, order.size())));
      }
      double score = history.score(candidate).getAsDouble();
      if (score < best) {
        best = score;
        soup = larger;
      }
    }
    return new SearchStep.Stop("every dataset was tried on top of the better ones");
  }

  /** What the soup evaluates from here if every addition helps. */
  private List<Mixture> ahead(History history, BitSet soup, List<Integer> order) {
    List<Mixture> proposed = new ArrayList<>();
    BitSet larger = soup;
    for (int dataset : order) {
      larger = with(larger, dataset);
      if (proposed.size() == lookAhead || larger.cardinality() > allowed.maximum()) {
        break;
      }
      proposed.add(allowed.axes().subset(larger));
    }
    return history.missing(proposed);
  }

  private double score(History history, int dataset) {
    return history.score(first.smallest().get(dataset)).orElseThrow();
  }

  private static BitSet with(BitSet members, int dataset) {
    BitSet larger = (BitSet) members.clone();
    larger.set(dataset);
    return larger;
  }
}
