package org.mergetomix.statistics.correction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of what experts learnt is still there when all are merged, each on its own dataset's
 * held-out text: (base - merge) / (base - expert). 1 is all, 0 none, below 0 is worse than the
 * base. Of all figures before a search their mean says best whether surrogates can be trusted.
 *
 * @param kept by dataset, of the experts that learnt something
 * @param withoutGain datasets whose expert is no better than the base on its own text
 */
public record Retention(SortedMap<String, Double> kept, List<String> withoutGain) {

  public Retention {
    kept = Collections.unmodifiableSortedMap(new TreeMap<>(kept));
    withoutGain = List.copyOf(withoutGain);
  }

  /** The retention of these losses. */
  public static Retention of(List<Losses> losses) {
    SortedMap<String, Double> kept = new TreeMap<>();
    List<String> without = new ArrayList<>();
    for (Losses loss : losses) {
      double gain = loss.base() - loss.expert();
      if (gain > 0) {
        kept.put(loss.dataset(), (loss.base() - loss.merge()) / gain);
      } else {
        without.add(loss.dataset());
      }
    }
    return new Retention(kept, without);
  }

  /** The mean over the experts that learnt something; NaN where there is none. */
  public double mean() {
    return kept.values().stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /**
   * Losses on one dataset's held-out text, lower is better.
   *
   * @param base of the base
   * @param expert of the dataset's own expert
   * @param merge of all experts together
   */
  public record Losses(String dataset, double base, double expert, double merge)
      implements Serializable {}
}
