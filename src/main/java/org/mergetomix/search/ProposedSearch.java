package org.mergetomix.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.folder.Digests;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.surface.proposal.History;
import org.mergetomix.surface.proposal.Proposer;
import org.mergetomix.surface.proposal.SearchStep;

/**
 * A search that evaluates what somebody proposes who knows the scores, until that one stops or a
 * budget is used up. A larger budget or a smaller tolerance goes on where it ended.
 *
 * <p>Asked by one thread.
 */
public final class ProposedSearch implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  private static final int HASH_DIGITS = 8;

  private final Proposals proposals;
  private final AnswerScores scores;
  private final long budget;
  private final long possible;
  private final String id;

  /** Made when it is first asked: it keeps what it computed, and would do so again elsewhere. */
  private transient Proposer proposer;

  ProposedSearch(Proposals proposals, AnswerScores scores, long budget, long possible) {
    this.proposals = proposals;
    this.scores = scores;
    this.budget = budget;
    this.possible = possible;
    String decisive =
        Digests.sha256(
            proposals.describe(),
            proposals.allowed().axes().datasets().toString(),
            scores.identity());
    this.id = proposals.name() + "-" + decisive.substring(0, HASH_DIGITS);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String describe() {
    return proposals.describe() + "; " + scores.describe();
  }

  @Override
  public long most() {
    return Math.min(budget, possible);
  }

  @Override
  public long possible() {
    return possible;
  }

  @Override
  public boolean considers(Mixture mixture) {
    return proposals.allowed().isSubset(mixture);
  }

  @Override
  public Failures failures() {
    return Failures.ANSWERED;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    long left = budget - asked(standing);
    if (left <= 0 || !(step(standing) instanceof SearchStep.Evaluate proposed)) {
      return Optional.empty();
    }
    List<Mixture> mixtures = proposed.mixtures();
    return Optional.of(scores.ask(mixtures.subList(0, (int) Math.min(left, mixtures.size()))));
  }

  @Override
  public String ended(Standing standing) {
    return step(standing) instanceof SearchStep.Stop stop
        ? stop.reason()
        : "the budget of " + budget + " mixtures is used up";
  }

  private SearchStep step(Standing standing) {
    if (proposer == null) {
      proposer = proposals.proposer();
    }
    return proposer.next(history(standing));
  }

  private static long asked(Standing standing) {
    long asked = 0;
    for (int number = 1; number <= standing.rounds(); number++) {
      asked += standing.of(number).size();
    }
    return asked;
  }

  private History history(Standing standing) {
    List<History.Round> rounds = new ArrayList<>();
    // What failed for another strategy is tried again.
    rounds.add(new History.Round(scores.round(standing.before()).observations(), List.of()));
    for (int number = 1; number <= standing.rounds(); number++) {
      rounds.add(scores.round(standing.of(number)));
    }
    return new History(rounds);
  }
}
