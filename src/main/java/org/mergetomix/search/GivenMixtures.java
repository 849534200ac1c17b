package org.mergetomix.search;

import java.util.List;
import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureList;

/** Mixtures that somebody picked, in one round. */
public final class GivenMixtures implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  /** The base alone, which is evaluated like any mixture. */
  public static final GivenMixtures BASE = new GivenMixtures("base", List.of(Mixture.none()));

  private final String id;
  private final MixtureList mixtures;

  /** These mixtures under a name of their own. */
  public GivenMixtures(String id, List<Mixture> mixtures) {
    this.id = id;
    this.mixtures = MixtureList.of(mixtures);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String describe() {
    return mixtures.describe();
  }

  @Override
  public long most() {
    return mixtures.size();
  }

  @Override
  public boolean considers(Mixture mixture) {
    return mixtures.indexOf(mixture) >= 0;
  }

  @Override
  public Failures failures() {
    return Failures.TRIED_AGAIN;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    return standing.rounds() == 0 ? Optional.of(Round.all(mixtures)) : Optional.empty();
  }
}
