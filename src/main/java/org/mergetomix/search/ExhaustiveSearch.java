package org.mergetomix.search;

import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;

/** Every mixture of a space, in one round. For few datasets, and the yardstick of all others. */
public final class ExhaustiveSearch implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  private final MixtureSpace space;

  /** The search of a whole space. */
  public ExhaustiveSearch(MixtureSpace space) {
    this.space = space;
  }

  @Override
  public String id() {
    return "exhaustive";
  }

  @Override
  public String describe() {
    return space.describe();
  }

  @Override
  public long most() {
    return space.size();
  }

  @Override
  public boolean considers(Mixture mixture) {
    return space.indexOf(mixture) >= 0;
  }

  @Override
  public Failures failures() {
    return Failures.TRIED_AGAIN;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    return standing.rounds() == 0 ? Optional.of(Round.all(space)) : Optional.empty();
  }
}
