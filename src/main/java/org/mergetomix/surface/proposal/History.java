package org.mergetomix.surface.proposal;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.Observation;

/**
 * What was evaluated, round by round. What is proposed next depends on it and on nothing else.
 * Lower scores are better. Immutable.
 */
public final class History {

  private final List<Round> rounds;
  private final Map<Mixture, Observation> latest = new LinkedHashMap<>();
  private final Set<Mixture> failed = new LinkedHashSet<>();

  /**
   * What came of a round.
   *
   * @param observations of the mixtures that have a score
   * @param failed mixtures that have none: not proposed again, and no step goes on from them
   */
  public record Round(List<Observation> observations, List<Mixture> failed) {

    public Round {
      observations = List.copyOf(observations);
      failed = List.copyOf(failed);
    }
  }

  /**
   * A history.
   *
   * @param rounds in their order; what was known beforehand may stand as a first round. Of several
   *     observations of a mixture the last one counts.
   */
  public History(List<Round> rounds) {
    this.rounds = List.copyOf(rounds);
    for (Round round : rounds) {
      round.observations().forEach(seen -> latest.put(seen.mixture(), seen));
      failed.addAll(round.failed());
    }
    failed.removeAll(latest.keySet());
  }

  /** A history in which nothing failed. */
  public static History of(List<? extends List<Observation>> rounds) {
    return new History(rounds.stream().map(seen -> new Round(seen, List.of())).toList());
  }

  /** Every mixture's observation, once each, in the order in which mixtures were first seen. */
  public List<Observation> observations() {
    return List.copyOf(latest.values());
  }

  /** Mixtures without a score, in the order in which they failed. */
  List<Mixture> failed() {
    return List.copyOf(failed);
  }

  /** How many rounds there were. */
  public int rounds() {
    return rounds.size();
  }

  /** The history of the first so many rounds. */
  public History first(int count) {
    return new History(rounds.subList(0, count));
  }

  /** The score of a mixture: infinite where it failed, empty where it was not evaluated. */
  public OptionalDouble score(Mixture mixture) {
    if (failed.contains(mixture)) {
      return OptionalDouble.of(Double.POSITIVE_INFINITY);
    }
    Observation seen = latest.get(mixture);
    return seen == null ? OptionalDouble.empty() : OptionalDouble.of(seen.score());
  }

  List<Mixture> missing(Collection<Mixture> mixtures) {
    return mixtures.stream().filter(mixture -> score(mixture).isEmpty()).distinct().toList();
  }
}
