package org.mergetomix.search;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureList;
import org.mergetomix.mixture.MixtureSpace;

/**
 * What is to be evaluated before a strategy is asked again.
 *
 * @param space where the candidates stand
 * @param candidates their indices in it
 * @param percent the share of each task's examples that they are evaluated on, from the first, 1 to
 *     100; it is rounded up to whole {@link org.mergetomix.score.Blocks}
 */
public record Round(MixtureSpace space, IndexRanges candidates, int percent)
    implements Serializable {

  /** Every mixture of a space on every example. */
  public static Round all(MixtureSpace space) {
    return new Round(space, IndexRanges.of(List.of(new IndexRange(0, space.size()))), 100);
  }

  /** These mixtures on every example. */
  public static Round of(List<Mixture> mixtures) {
    return all(MixtureList.of(mixtures));
  }

  /** These mixtures on a share of the examples. */
  public static Round of(List<Mixture> mixtures, int percent) {
    return of(mixtures).on(percent);
  }

  /** The same on another share of the examples. */
  Round on(int otherPercent) {
    return new Round(space, candidates, otherPercent);
  }
}
