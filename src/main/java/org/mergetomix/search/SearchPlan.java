package org.mergetomix.search;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Search.Strategy;
import org.mergetomix.hocon.Choice;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Objective;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.SearchSettings;

/** What a configuration wants to be searched among some datasets, once it can be. Immutable. */
public final class SearchPlan {

  /** So many mixtures are all evaluated, unless somebody chose otherwise. */
  private static final long FEW = 255;

  private final Configuration.Search search;
  private final AllowedSubsets allowed;
  private final Proposals proposals;

  private SearchPlan(Configuration.Search search, AllowedSubsets allowed, SearchSettings settings) {
    this.search = search;
    this.allowed = allowed;
    this.proposals = new Proposals(chosen(search, allowed), allowed, settings);
  }

  /**
   * The plan.
   *
   * @param datasets ids, each once, at least one
   * @throws UserException (usage) with everything that the datasets and the keys of the search do
   *     not allow together
   */
  public static SearchPlan of(Collection<String> datasets, Configuration configuration) {
    Configuration.Search search = configuration.search();
    AllowedSubsets allowed =
        AllowedSubsets.of(
            Axes.of(datasets),
            search.minimumSize(),
            search.maximumSize() == 0 ? Integer.MAX_VALUE : search.maximumSize(),
            search.required(),
            search.forbidden());
    SearchSettings usual = SearchSettings.of(datasets.size(), configuration.seed());
    SearchPlan plan =
        new SearchPlan(
            search,
            allowed,
            new SearchSettings(
                search.width().orElse(usual.width()),
                search.width().orElse(usual.soupWidth()),
                search.tolerance().orElse(usual.tolerance()),
                configuration.seed()));
    plan.check();
    return plan;
  }

  private static Strategy chosen(Configuration.Search search, AllowedSubsets allowed) {
    if (search.strategy() != Strategy.AUTO) {
      return search.strategy();
    }
    boolean few = allowed.count() <= FEW;
    boolean affordable = search.budget().map(budget -> budget >= allowed.count()).orElse(true);
    return few && affordable ? Strategy.EXHAUSTIVE : Strategy.SURFACE;
  }

  private void check() {
    if (isExhaustive()) {
      space();
      return;
    }
    int fewest = proposals.fewest();
    if (search.budget().isPresent() && search.budget().get() < fewest) {
      throw UserException.usage(
          "A budget of %s mixtures is not enough for the first round of %s, which has %s"
              .formatted(search.budget().get(), proposals.name(), fewest),
          "search.budget",
          "Raise it to %s or more, or choose another search.strategy".formatted(fewest));
    }
  }

  /** Whether every mixture is evaluated. */
  public boolean isExhaustive() {
    return proposals.strategy() == Strategy.EXHAUSTIVE;
  }

  /** The datasets that may stand together. */
  public AllowedSubsets allowed() {
    return allowed;
  }

  /** How many mixtures the question is about; {@link Long#MAX_VALUE} where there are more. */
  public long possible() {
    return isExhaustive() ? space().size() : (long) allowed.count();
  }

  /** The most mixtures that are proposed at once. */
  public Optional<Integer> width() {
    return switch (proposals.strategy()) {
      case SURFACE, RANDOM -> Optional.of(proposals.settings().width());
      case ORDERED_SOUP -> Optional.of(proposals.settings().soupWidth());
      default -> Optional.empty();
    };
  }

  /** What is evaluated, in words: {@code 255 mixtures}. */
  public String describe() {
    if (isExhaustive()) {
      return String.format(Locale.ROOT, "%,d mixtures", possible());
    }
    String budget =
        search.budget().map(most -> String.format(Locale.ROOT, ", %,d at most", most)).orElse("");
    return allowed.describe()
        + ", of which the strategy "
        + Choice.name(proposals.strategy())
        + " evaluates some"
        + budget;
  }

  /**
   * The strategy.
   *
   * @param objective what ranks
   * @param examples how many examples each of its tasks has
   */
  public SearchStrategy strategy(Objective objective, SortedMap<String, Integer> examples) {
    return isExhaustive()
        ? new ExhaustiveSearch(space())
        : new ProposedSearch(
            proposals,
            new AnswerScores(objective, examples),
            search.budget().map(Integer::longValue).orElse(Long.MAX_VALUE),
            possible());
  }

  private SubsetSpace space() {
    TreeSet<String> datasets = new TreeSet<>(allowed.axes().datasets());
    datasets.removeAll(search.forbidden());
    return SubsetSpace.of(
        datasets, new TreeSet<>(search.required()), allowed.minimum(), allowed.maximum());
  }
}
