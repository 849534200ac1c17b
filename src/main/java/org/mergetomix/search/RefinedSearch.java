package org.mergetomix.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.RatioProposer;
import org.mergetomix.surface.proposal.SearchSettings;
import org.mergetomix.surface.proposal.SearchStep;

/**
 * Another search, and when it has seen enough, ratios between the datasets of the best mixtures.
 * The rounds of ratios bear the other search's name: without them it is the same search, which ends
 * earlier.
 *
 * <p>Asked by one thread, about a standing that grows.
 */
public final class RefinedSearch implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  private final SearchStrategy search;
  private final AllowedSubsets allowed;
  private final SearchSettings settings;
  private final AnswerScores scores;

  /** Made when it is first asked: it would find the same elsewhere. */
  private transient Prelude prelude;

  RefinedSearch(
      SearchStrategy search, AllowedSubsets allowed, SearchSettings settings, AnswerScores scores) {
    this.search = search;
    this.allowed = allowed;
    this.settings = settings;
    this.scores = scores;
  }

  @Override
  public String id() {
    return search.id();
  }

  @Override
  public String describe() {
    return search.describe();
  }

  @Override
  public long most() {
    long ratios = (long) RatioProposer.MOST_ROUNDS * settings.width();
    return search.most() > Long.MAX_VALUE - ratios ? search.most() : search.most() + ratios;
  }

  @Override
  public long possible() {
    return search.possible();
  }

  @Override
  public boolean isPossible(Mixture mixture) {
    return search.isPossible(mixture);
  }

  @Override
  public boolean considers(Mixture mixture) {
    return search.considers(mixture)
        || (allowed.allows(mixture) && !allowed.isSubset(mixture) && !mixture.equalWeights());
  }

  @Override
  public Failures failures() {
    return search.failures();
  }

  @Override
  public Optional<Round> next(Standing standing) {
    Optional<Round> next = prelude().next(standing);
    if (next.isPresent()) {
      return next;
    }
    return refined(standing) instanceof SearchStep.Evaluate ratios
        ? Optional.of(scores.ask(ratios.mixtures()))
        : Optional.empty();
  }

  @Override
  public String ended(Standing standing) {
    String reason = prelude().ended(standing);
    return refined(standing) instanceof SearchStep.Stop stop
        ? reason + ", and then " + stop.reason()
        : reason;
  }

  private Prelude prelude() {
    if (prelude == null) {
      prelude = new Prelude(search);
    }
    return prelude;
  }

  private SearchStep refined(Standing standing) {
    List<History.Round> rounds = new ArrayList<>();
    rounds.add(scores.round(prelude().answers(standing)));
    for (int number = prelude().rounds() + 1; number <= standing.rounds(); number++) {
      rounds.add(scores.round(standing.of(number)));
    }
    return new RatioProposer(allowed, settings).next(new History(rounds));
  }
}
