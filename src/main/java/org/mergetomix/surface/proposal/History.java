package org.mergetomix.surface.proposal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;

/**
 * What was evaluated, round by round. What is proposed next depends on it and on nothing else.
 * Lower scores are better. Immutable.
 */
public final class History {

  private final List<List<Observation>> rounds;
  private final Map<Mixture, Observation> latest = new LinkedHashMap<>();

  /**
   * A history.
   *
   * @param rounds in their order; what was known beforehand may stand as a first round. Of several
   *     observations of a mixture the last one counts.
   */
  public History(List<? extends List<Observation>> rounds) {
    this.rounds = rounds.stream().<List<Observation>>map(List::copyOf).toList();
    this.rounds.stream().flatMap(List::stream).forEach(seen -> latest.put(seen.mixture(), seen));
  }

  /** Every mixture's observation, once each, in the order in which mixtures were first seen. */
  public List<Observation> observations() {
    return List.copyOf(latest.values());
  }

  /** How many rounds there were. */
  public int rounds() {
    return rounds.size();
  }

  /** The history of the first so many rounds. */
  public History first(int count) {
    return new History(rounds.subList(0, count));
  }

  /** The score of a mixture, empty where it was not evaluated. */
  public OptionalDouble score(Mixture mixture) {
    Observation seen = latest.get(mixture);
    return seen == null ? OptionalDouble.empty() : OptionalDouble.of(seen.score());
  }

  List<Mixture> missing(Collection<Mixture> mixtures) {
    return mixtures.stream().filter(mixture -> !latest.containsKey(mixture)).distinct().toList();
  }
}
