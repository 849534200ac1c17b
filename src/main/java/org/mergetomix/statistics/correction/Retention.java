package org.mergetomix.statistics.correction;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of what experts learnt is still there when all are averaged, each on its own dataset's
 * held-out text: the mean of (base − average) / (base − expert). 1 is all, 0 none, below 0 is worse
 * than the base. Of all figures before a search it says best whether surrogates can be trusted.
 *
 * @param mean over the experts that learnt something; NaN where there is none
 * @param withoutGain datasets whose expert is no better than the base on its own text; they are not
 *     in the mean
 */
public record Retention(double mean, List<String> withoutGain) {

  public Retention {
    withoutGain = List.copyOf(withoutGain);
  }

  /** The retention of these losses. */
  public static Retention of(List<Losses> losses) {
    List<String> without = new ArrayList<>();
    double sum = 0;
    int counted = 0;
    for (Losses loss : losses) {
      double gain = loss.base() - loss.expert();
      if (gain > 0) {
        sum += (loss.base() - loss.average()) / gain;
        counted++;
      } else {
        without.add(loss.dataset());
      }
    }
    return new Retention(counted == 0 ? Double.NaN : sum / counted, without);
  }

  /**
   * Losses on one dataset's held-out text, lower is better.
   *
   * @param base of the base
   * @param expert of the dataset's own expert
   * @param average of the average of all experts
   */
  public record Losses(String dataset, double base, double expert, double average) {}
}
