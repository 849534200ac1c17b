package org.mergetomix.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.ToIntFunction;
import org.mergetomix.mixture.Mixture;

/**
 * Draws windows in the proportions of a mixture: after any number of draws, each dataset's share of
 * what was drawn is within one draw of its weight. A dataset is walked in a shuffled order, and
 * shuffled anew when it is through; its order depends on the seed and its id, not on the rest of
 * the mixture. Not safe for use by several threads.
 *
 * @param <W> a window, or what stands for one; a row for a trainer that makes its own
 */
public final class MixtureSampler<W> {

  private final List<Source<W>> sources = new ArrayList<>();
  private long drawn;

  /**
   * Starts over the datasets of a mixture.
   *
   * @param windows the windows of every dataset of the mixture, by id; none of them empty
   * @param size what a window counts in its dataset's share, 1 or more
   */
  public MixtureSampler(
      Mixture mixture, SortedMap<String, List<W>> windows, ToIntFunction<W> size, long seed) {
    for (String dataset : mixture.datasets()) {
      sources.add(
          new Source<>(
              mixture.weight(dataset),
              new ArrayList<>(windows.get(dataset)),
              size,
              Seeds.random(seed, dataset)));
    }
  }

  /** The next windows. */
  public List<W> batch(int count) {
    List<W> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      batch.add(next());
    }
    return batch;
  }

  /**
   * The next window: among the datasets that are not ahead of their share, of the one that would
   * first be a whole window behind it. (To follow the one furthest behind is not enough: several
   * can lag at once, and the last of them gets its turn too late.)
   */
  public W next() {
    Source<W> source =
        sources.stream()
            .filter(each -> each.mayBeDrawn(drawn))
            .min(Comparator.comparingDouble(Source::deadline))
            .orElseThrow();
    drawn += source.nextSize();
    return source.next();
  }

  private static final class Source<W> {
    private final double weight;
    private final List<W> windows;
    private final ToIntFunction<W> size;
    private final Random random;
    private long drawn;
    private int place;

    Source(double weight, List<W> windows, ToIntFunction<W> size, Random random) {
      this.weight = weight;
      this.windows = windows;
      this.size = size;
      this.random = random;
      Collections.shuffle(windows, random);
    }

    boolean mayBeDrawn(long ofAll) {
      return drawn < weight * (ofAll + nextSize());
    }

    /**
     * How much is drawn of all when the dataset, left alone, is a whole window behind its share.
     */
    double deadline() {
      return (drawn + nextSize()) / weight;
    }

    int nextSize() {
      return size.applyAsInt(windows.get(place));
    }

    W next() {
      W window = windows.get(place);
      drawn += nextSize();
      place++;
      if (place == windows.size()) {
        Collections.shuffle(windows, random);
        place = 0;
      }
      return window;
    }
  }
}
