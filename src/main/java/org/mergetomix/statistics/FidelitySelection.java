package org.mergetomix.statistics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.math3.random.RandomAdaptor;
import org.apache.commons.math3.random.RandomDataGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;

/**
 * Picks the mixtures that are really fine-tuned, so that their scores can be compared with those of
 * their surrogates: the ends of the ranking, the mixtures everybody would try, and a spread over
 * everything between.
 */
public final class FidelitySelection {

  private final RankedMixtures ranked;
  private final SubsetWeights subsets;
  private final int count;
  private final RandomDataGenerator random;
  private final Map<Mixture, String> roles = new LinkedHashMap<>();

  private FidelitySelection(RankedMixtures ranked, SubsetWeights subsets, int count, long seed) {
    this.ranked = ranked;
    this.subsets = subsets;
    this.count = count;
    this.random = new RandomDataGenerator(new Well19937c(seed));
  }

  /**
   * A mixture that is to be fine-tuned.
   *
   * @param mixture the mixture
   * @param role why it was picked: {@code best}, {@code worst}, {@code all}, {@code leave-one-out}
   *     or {@code spread}; the first of these that applies
   */
  public record Selected(Mixture mixture, String role) {}

  /**
   * Picks mixtures from a ranking: its best, its worst, all datasets, all but one dataset (some of
   * these, by seed, when they do not all fit), and then as many as are left, one from each of
   * equally large stretches of the ranking. The number of look-ups grows with {@code count} and the
   * number of datasets only.
   *
   * @param ranked the mixtures of two or more datasets that were evaluated, each once, best first
   * @param datasets the ids of all candidate datasets
   * @param subsets which weights these have in a subset
   * @param count how many mixtures to pick, 0 or more
   * @param seed of the draws; the same arguments give the same mixtures
   * @return {@code count} different mixtures, or all where fewer are ranked
   */
  public static List<Selected> choose(
      RankedMixtures ranked,
      Collection<String> datasets,
      SubsetWeights subsets,
      int count,
      long seed) {
    int wanted = (int) Math.min(count, ranked.size());
    FidelitySelection selection = new FidelitySelection(ranked, subsets, wanted, seed);
    if (wanted > 0) {
      selection.pick(ranked.at(0), "best");
      selection.pick(ranked.at(ranked.size() - 1), "worst");
      selection.pickWellKnown(new TreeSet<>(datasets));
      selection.pickSpread();
    }
    return selection.roles.entrySet().stream()
        .map(picked -> new Selected(picked.getKey(), picked.getValue()))
        .toList();
  }

  private void pick(Mixture mixture, String role) {
    if (roles.size() < count) {
      roles.putIfAbsent(mixture, role);
    }
  }

  private void pickWellKnown(Set<String> datasets) {
    pickRanked(datasets, "all");
    List<String> leftOut = new ArrayList<>(datasets);
    Collections.shuffle(leftOut, shuffler());
    for (String dataset : leftOut) {
      Set<String> others = new TreeSet<>(datasets);
      others.remove(dataset);
      pickRanked(others, "leave-one-out");
    }
  }

  private Random shuffler() {
    return RandomAdaptor.createAdaptor(random.getRandomGenerator());
  }

  private void pickRanked(Collection<String> datasets, String role) {
    if (datasets.size() < 2) {
      return;
    }
    Mixture mixture = subsets.subset(datasets);
    if (ranked.contains(mixture)) {
      pick(mixture, role);
    }
  }

  private void pickSpread() {
    int stretches = count - roles.size();
    for (int stretch = 0; stretch < stretches; stretch++) {
      long place = draw(startOf(stretch, stretches), startOf(stretch + 1, stretches));
      Mixture mixture = ranked.at(place);
      while (roles.containsKey(mixture)) {
        place = (place + 1) % ranked.size();
        mixture = ranked.at(place);
      }
      roles.put(mixture, "spread");
    }
  }

  /** Divided first: the size of a ranking times a number of stretches need not fit a long. */
  private long startOf(int stretch, int stretches) {
    return stretch * (ranked.size() / stretches) + Math.min(stretch, ranked.size() % stretches);
  }

  private long draw(long start, long end) {
    return end - start == 1 ? start : random.nextLong(start, end - 1);
  }
}
