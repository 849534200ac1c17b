package org.mergetomix.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.surface.Axes;

/**
 * How all mixtures of a space enter a race: a few see every example, so that a surface can be
 * fitted to them, and then all see the first share. Among the few are each dataset alone and all
 * together; the others are drawn.
 */
final class RaceEntry implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  /** A surface is worth its cost where it needs no more than such a part of the mixtures. */
  private static final int WORTH = 6;

  private final SearchStrategy all;
  private final int percent;
  private final Axes axes;
  private final long seed;

  /**
   * An entry.
   *
   * @param all a strategy that asks for every mixture in its first round
   * @param percent what all of them see of the examples
   */
  RaceEntry(SearchStrategy all, int percent, Axes axes, long seed) {
    this.all = all;
    this.percent = percent;
    this.axes = axes;
    this.seed = seed;
  }

  @Override
  public String id() {
    return all.id();
  }

  @Override
  public String describe() {
    return all.describe();
  }

  @Override
  public long most() {
    return all.most();
  }

  @Override
  public boolean considers(Mixture mixture) {
    return all.considers(mixture);
  }

  @Override
  public Failures failures() {
    return Failures.ANSWERED;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    Round everything = all.next(new Nothing()).orElseThrow();
    List<Round> rounds = new ArrayList<>();
    if (everything.space().size() >= (long) WORTH * fitted()) {
      rounds.add(few(everything.space()));
    }
    rounds.add(everything.on(percent));
    return standing.rounds() < rounds.size()
        ? Optional.of(rounds.get(standing.rounds()))
        : Optional.empty();
  }

  private int fitted() {
    return 2 * axes.size() + 4;
  }

  private Round few(MixtureSpace space) {
    Set<Long> chosen = new LinkedHashSet<>();
    List<Mixture> ends = new ArrayList<>(axes.datasets().stream().map(Mixture::parse).toList());
    ends.add(axes.subsets().subset(axes.datasets()));
    ends.stream().map(space::indexOf).filter(index -> index >= 0).forEach(chosen::add);
    SplittableRandom random = new SplittableRandom(seed);
    while (chosen.size() < fitted()) {
      chosen.add(random.nextLong(space.size()));
    }
    return new Round(
        space,
        IndexRanges.of(chosen.stream().map(index -> new IndexRange(index, index + 1)).toList()),
        100);
  }

  /** Nothing is known and no round was asked for. */
  private static final class Nothing implements Standing {

    @Override
    public int rounds() {
      return 0;
    }

    @Override
    public List<Answer> before() {
      return List.of();
    }

    @Override
    public List<Answer> of(int number) {
      throw new IllegalArgumentException("There is no round " + number);
    }
  }
}
