package org.mergetomix.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.mergetomix.mixture.Mixture;

/**
 * Draws items, windows or rows, in the proportions of a mixture: after any number of draws, each
 * dataset's share is within one draw of its weight. A dataset is walked in a shuffled order, and
 * shuffled anew when it is through; its order depends on the seed and its id, not on the rest of
 * the mixture. Not safe for use by several threads.
 */
public final class MixtureSampler<T> {

  private final List<Source<T>> sources = new ArrayList<>();
  private long draws;

  /**
   * Starts over the datasets of a mixture.
   *
   * @param items the items of every dataset of the mixture, by id; none of them empty
   */
  public MixtureSampler(Mixture mixture, SortedMap<String, List<T>> items, long seed) {
    for (String dataset : mixture.datasets()) {
      sources.add(
          new Source<>(
              mixture.weight(dataset),
              new ArrayList<>(items.get(dataset)),
              Seeds.random(seed, dataset)));
    }
  }

  /** The next items. */
  List<T> batch(int size) {
    List<T> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(next());
    }
    return batch;
  }

  /**
   * The next item: among the datasets that are not ahead of their share, of the one that would
   * first be a whole draw behind it. (To follow the one furthest behind is not enough: several can
   * lag at once, and the last of them gets its turn too late.)
   */
  public T next() {
    draws++;
    return sources.stream()
        .filter(source -> source.mayBeDrawn(draws))
        .min(Comparator.comparingDouble(Source::deadline))
        .orElseThrow()
        .next();
  }

  private static final class Source<T> {
    private final double weight;
    private final List<T> items;
    private final Random random;
    private long drawn;

    Source(double weight, List<T> items, Random random) {
      this.weight = weight;
      this.items = items;
      this.random = random;
    }

    boolean mayBeDrawn(long draws) {
      return drawn < weight * draws;
    }

    /** The number of draws at which the dataset, left alone, is a whole draw behind its share. */
    double deadline() {
      return (drawn + 1) / weight;
    }

    T next() {
      int position = (int) (drawn % items.size());
      if (position == 0) {
        Collections.shuffle(items, random);
      }
      drawn++;
      return items.get(position);
    }
  }
}
