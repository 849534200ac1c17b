package org.mergetomix.merge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.mergetomix.merge.combine.Terms;

/**
 * Which sums of the last mixture's prefixes are kept, wherever they lie. Of the prefixes that may
 * be wanted again the longest are, as many as there are buffers: going on from them saves most, and
 * a walk in prefix order comes back to them first. One thread opens and closes it.
 *
 * @param <S> the sums of one prefix, which are used again for other prefixes
 */
final class KeptPrefixes<S> {

  private final int buffers;

  /** By length, in terms of {@link #terms}. */
  private final NavigableMap<Integer, S> kept = new TreeMap<>();

  private final Deque<S> free = new ArrayDeque<>();
  private Terms terms = new Terms(List.of());
  private int start;
  private NavigableMap<Integer, S> keeping = new TreeMap<>();
  private List<Optional<S>> storeAfter = List.of();

  KeptPrefixes(int buffers) {
    this.buffers = buffers;
  }

  /** Forgets everything: sums of another kind are of no use. */
  void clear() {
    kept.clear();
    free.clear();
  }

  /**
   * Sets out to sum a mixture. Until {@link #close} there is nothing to go on from, should reading
   * fail.
   *
   * <p>A buffer that is given to a new prefix may be the one that is gone on from: of every part
   * the old sums are to be read before the new ones are stored.
   *
   * @param useful prefixes up to this length may be wanted again
   */
  void open(Terms next, int useful, Supplier<S> allocate) {
    int shared = terms.shared(next);
    kept.tailMap(shared, false).values().forEach(free::push);
    kept.tailMap(shared, false).clear();
    terms = next;
    start = kept.isEmpty() ? 0 : kept.lastKey();
    List<Integer> wanted =
        IntStream.rangeClosed(1, useful)
            .filter(length -> length > start || kept.containsKey(length))
            .boxed()
            .toList();
    wanted = wanted.subList(Math.max(0, wanted.size() - buffers), wanted.size());
    keeping = new TreeMap<>();
    List<Optional<S>> stores = new ArrayList<>();
    stores.add(Optional.ofNullable(kept.get(start)));
    for (int length : List.copyOf(kept.keySet())) {
      if (wanted.contains(length)) {
        keeping.put(length, kept.get(length));
      } else {
        free.push(kept.get(length));
      }
    }
    kept.clear();
    for (int length = 1; length <= terms.size(); length++) {
      boolean stored = length > start && wanted.contains(length);
      if (stored) {
        keeping.put(length, free.isEmpty() ? allocate.get() : free.pop());
      }
      stores.add(stored ? Optional.of(keeping.get(length)) : Optional.empty());
    }
    storeAfter = List.copyOf(stores);
  }

  /** How many terms are in the sums that are gone on from. */
  int start() {
    return start;
  }

  /** What is gone on from; empty where {@link #start} is 0. */
  Optional<S> origin() {
    return storeAfter.get(0);
  }

  /** Where the sums of the first terms are to be stored, if anywhere. */
  Optional<S> storeAfter(int terms) {
    return storeAfter.get(terms);
  }

  /** Everything was summed: what was stored can be gone on from. */
  void close() {
    kept.putAll(keeping);
  }
}
