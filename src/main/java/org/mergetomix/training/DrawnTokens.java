package org.mergetomix.training;

import java.util.List;
import java.util.SortedMap;
import org.mergetomix.mixture.Mixture;

/**
 * What a training draws its windows from, as far as its length depends on it.
 *
 * @param mixture what it trains on
 * @param tokens how many tokens each window of every dataset of the mixture trains, 1 or more
 * @param shares what the mixture's weights are shares of
 * @param seed what the order of the data is drawn from
 */
public record DrawnTokens(
    Mixture mixture, SortedMap<String, List<Integer>> tokens, FineTuning.Shares shares, long seed) {

  /** How many windows the mixture's datasets have together. */
  long windows() {
    return mixture.datasets().stream().mapToLong(dataset -> tokens.get(dataset).size()).sum();
  }

  /** How many batches it takes to train on so many tokens, as they are drawn. */
  int batches(long wanted, int batchSize) {
    MixtureSampler<Integer> sampler = new MixtureSampler<>(mixture, tokens, shares::of, seed);
    int batches = 0;
    for (long seen = 0; seen < wanted; batches = Math.addExact(batches, 1)) {
      seen += sampler.batch(batchSize).stream().mapToLong(Integer::longValue).sum();
    }
    return batches;
  }
}
