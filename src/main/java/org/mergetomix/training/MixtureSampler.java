package org.mergetomix.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;

/**
 * Draws windows in the proportions of a mixture: after any number of draws, each dataset's share is
 * within one draw of its weight. A dataset is walked in a shuffled order, and shuffled anew when it
 * is through. Not safe for use by several threads.
 */
final class MixtureSampler {

  private final List<Source> sources = new ArrayList<>();
  private long draws;

  /**
   * Starts over the datasets of a mixture.
   *
   * @param windows the windows of every dataset of the mixture, by id; none of them empty
   */
  MixtureSampler(Mixture mixture, SortedMap<String, List<TokenWindow>> windows, long seed) {
    for (String dataset : mixture.datasets()) {
      sources.add(
          new Source(
              mixture.weight(dataset),
              new ArrayList<>(windows.get(dataset)),
              new Random(seed * 31 + dataset.hashCode())));
    }
  }

  /** The next window: of the dataset that lags furthest behind its share. */
  TokenWindow next() {
    draws++;
    Source furthestBehind = sources.get(0);
    for (Source source : sources) {
      if (source.lag(draws) > furthestBehind.lag(draws)) {
        furthestBehind = source;
      }
    }
    return furthestBehind.next();
  }

  private static final class Source {
    private final double weight;
    private final List<TokenWindow> windows;
    private final Random random;
    private long drawn;

    Source(double weight, List<TokenWindow> windows, Random random) {
      this.weight = weight;
      this.windows = windows;
      this.random = random;
    }

    double lag(long draws) {
      return weight * draws - drawn;
    }

    TokenWindow next() {
      int position = (int) (drawn % windows.size());
      if (position == 0) {
        Collections.shuffle(windows, random);
      }
      drawn++;
      return windows.get(position);
    }
  }
}
