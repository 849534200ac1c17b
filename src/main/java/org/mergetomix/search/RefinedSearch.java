package org.mergetomix.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  /** Rounds of the other search that are known to be its own: all, or the first ones. */
  private transient int own;

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
    return search.considers(mixture) || (!mixture.equalWeights() && allowed.allows(mixture));
  }

  @Override
  public Failures failures() {
    return search.failures();
  }

  @Override
  public Optional<Round> next(Standing standing) {
    if (own > standing.rounds()) {
      own = 0;
    }
    for (; own <= standing.rounds(); own++) {
      Optional<Round> next = search.next(new Beginning(standing, own));
      if (next.isEmpty()) {
        return refined(standing) instanceof SearchStep.Evaluate ratios
            ? Optional.of(Round.of(ratios.mixtures()))
            : Optional.empty();
      }
      if (own == standing.rounds()) {
        return next;
      }
    }
    throw new IllegalStateException("A search has more rounds of its own than there are");
  }

  @Override
  public String ended(Standing standing) {
    String reason = search.ended(new Beginning(standing, own));
    return refined(standing) instanceof SearchStep.Stop stop
        ? reason + ", and then " + stop.reason()
        : reason;
  }

  private SearchStep refined(Standing standing) {
    List<History.Round> rounds = new ArrayList<>();
    Stream<Answer> known = standing.before().stream();
    for (int number = 1; number <= standing.rounds(); number++) {
      if (number <= own) {
        known = Stream.concat(known, standing.of(number).stream());
      } else {
        rounds.add(scores.round(standing.of(number)));
      }
    }
    rounds.add(0, scores.round(known.toList()));
    return new RatioProposer(allowed, settings).next(new History(rounds));
  }

  /** What the other search knows: its first rounds, and nothing that it does not consider. */
  private final class Beginning implements Standing {

    private final Standing standing;
    private final int rounds;

    Beginning(Standing standing, int rounds) {
      this.standing = standing;
      this.rounds = rounds;
    }

    @Override
    public int rounds() {
      return rounds;
    }

    @Override
    public List<Answer> before() {
      return standing.before().stream()
          .filter(answer -> search.considers(answer.mixture()))
          .toList();
    }

    @Override
    public List<Answer> of(int number) {
      return standing.of(number);
    }
  }
}
