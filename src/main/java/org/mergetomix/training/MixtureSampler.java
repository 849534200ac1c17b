package org.mergetomix.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;

/**
 * Draws windows in the proportions of a mixture: after any number of draws, each dataset's share is
 * within one draw of its weight. A dataset is walked in a shuffled order, and shuffled anew when it
 * is through; its order depends on the seed and its id, not on the rest of the mixture. Not safe
 * for use by several threads.
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
              Seeds.random(seed, dataset)));
    }
  }

  /** The next windows. */
  List<TokenWindow> batch(int size) {
    List<TokenWindow> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(next());
    }
    return batch;
  }

  /**
   * The next window: among the datasets that are not ahead of their share, of the one that would
   * first be a whole draw behind it. (To follow the one furthest behind is not enough: several can
   * lag at once, and the last of them gets its turn too late.)
   */
  TokenWindow next() {
    draws++;
    return sources.stream()
        .filter(source -> source.mayBeDrawn(draws))
        .min(Comparator.comparingDouble(Source::deadline))
        .orElseThrow()
        .next();
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

    boolean mayBeDrawn(long draws) {
      return drawn < weight * draws;
    }

    /** The number of draws at which the dataset, left alone, is a whole draw behind its share. */
    double deadline() {
      return (drawn + 1) / weight;
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
