package org.mergetomix.statistics;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ScoreUnit;

/**
 * Finds the best mixture of each size while a table is read. The result does not depend on the
 * order of rows or of merges: between equal scores the smaller mixture id wins. Not safe for use by
 * several threads at once.
 */
public final class BestBySize implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ScoreUnit unit;
  private final TreeMap<Integer, BestOfSize> bests = new TreeMap<>();

  /** Begins with no mixture. */
  public BestBySize(ScoreUnit unit) {
    this.unit = unit;
  }

  /**
   * Takes one mixture into account; one whose score is NaN is never best.
   *
   * @param size how many datasets it has
   * @param mixture its id
   * @param score its score
   */
  public void feed(int size, String mixture, Estimate score) {
    if (!Double.isNaN(score.value())) {
      keep(new BestOfSize(size, mixture, score));
    }
  }

  /** Takes everything into account that {@code other} was fed; this one is returned. */
  public BestBySize merge(BestBySize other) {
    other.bests.values().forEach(this::keep);
    return this;
  }

  /** The best mixture of each size that occurred, smallest size first. */
  public List<BestOfSize> bests() {
    return List.copyOf(bests.values());
  }

  private void keep(BestOfSize candidate) {
    Comparator<BestOfSize> bestFirst =
        Comparator.comparing((BestOfSize best) -> best.score().value(), unit.bestFirst())
            .thenComparing(BestOfSize::mixture);
    bests.merge(
        candidate.size(),
        candidate,
        (best, other) -> bestFirst.compare(best, other) <= 0 ? best : other);
  }
}
