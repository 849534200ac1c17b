package org.mergetomix.mixture;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Mixtures that were picked one by one, as a space: those that share their first datasets stand
 * beside each other.
 */
public final class MixtureList implements MixtureSpace {

  private static final long serialVersionUID = 1L;

  private final Mixture[] mixtures;
  private final Map<String, Integer> indices;

  private MixtureList(Mixture... mixtures) {
    this.mixtures = mixtures;
    this.indices =
        IntStream.range(0, mixtures.length)
            .boxed()
            .collect(Collectors.toUnmodifiableMap(i -> mixtures[i].id(), i -> i));
  }

  /**
   * The space of these mixtures, ordered by their ids.
   *
   * @throws IllegalArgumentException where one comes twice
   */
  public static MixtureList of(Collection<Mixture> mixtures) {
    Mixture[] ordered =
        mixtures.stream().sorted(Comparator.comparing(Mixture::id)).toArray(Mixture[]::new);
    return new MixtureList(ordered);
  }

  @Override
  public long size() {
    return mixtures.length;
  }

  @Override
  public Mixture at(long index) {
    return mixtures[Math.toIntExact(index)];
  }

  @Override
  public long indexOf(Mixture mixture) {
    return indices.getOrDefault(mixture.id(), -1);
  }

  @Override
  public String describe() {
    return mixtures.length + " mixtures";
  }

  @Override
  public List<String> datasets() {
    TreeSet<String> datasets = new TreeSet<>();
    for (Mixture mixture : mixtures) {
      datasets.addAll(mixture.datasets());
    }
    return List.copyOf(datasets);
  }
}
