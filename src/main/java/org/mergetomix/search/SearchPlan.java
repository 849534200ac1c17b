package org.mergetomix.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Search.Attribution;
import org.mergetomix.config.Configuration.Search.Racing;
import org.mergetomix.config.Configuration.Search.Ratios;
import org.mergetomix.config.Configuration.Search.Strategy;
import org.mergetomix.folder.Digests;
import org.mergetomix.hocon.Choice;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.proposal.AllowedSubsets;
import org.mergetomix.surface.proposal.SearchSettings;

/** What a configuration wants to be searched among some datasets, once it can be. Immutable. */
public final class SearchPlan {

  /** So many mixtures are all evaluated, unless somebody chose otherwise. */
  private static final long FEW = 255;

  /** What a race between all mixtures begins with, in percent of the examples. */
  private static final int FIRST_LOOK = 5;

  /** What a strategy sees that proposes mixtures for a race, in percent of the examples. */
  private static final int SEARCHED = 25;

  /** Of so many mixtures the driver can hold every score. */
  private static final long MANY = 4_095;

  private final Configuration.Search search;
  private final Optional<MixtureFile> file;
  private final AllowedSubsets allowed;
  private final Proposals proposals;

  private SearchPlan(
      Configuration.Search search,
      Optional<MixtureFile> file,
      AllowedSubsets allowed,
      SearchSettings settings) {
    this.search = search;
    this.file = file;
    this.allowed = allowed;
    this.proposals = new Proposals(chosen(search, allowed), allowed, settings);
  }

  /**
   * The plan.
   *
   * @param axes the datasets, with the weights that {@code search.weights} gives them in a subset
   * @param file of {@code search.mixtures}, where there is one
   * @throws UserException with everything that the datasets, the keys of the search and the file do
   *     not allow together
   */
  public static SearchPlan of(Axes axes, Configuration configuration, Optional<MixtureFile> file) {
    Configuration.Search search = configuration.search();
    SearchSettings usual = SearchSettings.of(axes.size(), configuration.seed());
    SearchPlan plan =
        new SearchPlan(
            search,
            file,
            allowed(axes, configuration),
            new SearchSettings(
                search.width().orElse(usual.width()),
                search.width().orElse(usual.soupWidth()),
                search.tolerance().orElse(usual.tolerance()),
                configuration.seed()));
    plan.check();
    return plan;
  }

  /**
   * The datasets that may stand together.
   *
   * @throws UserException (usage) with everything that the datasets and the bounds do not allow
   */
  public static AllowedSubsets allowed(Axes axes, Configuration configuration) {
    Configuration.Search search = configuration.search();
    return AllowedSubsets.of(
        axes,
        search.minimumSize(),
        search.maximumSize() == 0 ? Integer.MAX_VALUE : search.maximumSize(),
        search.required(),
        search.forbidden());
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
    TreeSet<String> mixed = new TreeSet<>(allowed.axes().datasets());
    mixed.removeAll(search.forbidden());
    allowed.axes().subsets().requireTold(mixed);
    if (file.isPresent()) {
      UserException.inputIfAny(notAllowed(file.get()));
      checkRace("Name fewer in search.mixtures, or set search.racing to none");
    } else if (isExhaustive()) {
      checkRace("Set search.strategy to surface, or search.racing to none");
      long mixtures = space().size();
      if (search.ratios() == Ratios.REFINE && mixtures > MANY) {
        throw UserException.usage(
            String.format(
                Locale.ROOT,
                "Ratios can be refined after at most %,d mixtures that are all evaluated, and"
                    + " there are %,d",
                MANY,
                mixtures),
            "search.ratios",
            "Set search.strategy to surface, or search.ratios to none");
      }
    } else {
      checkBudget();
    }
  }

  private void checkRace(String remedy) {
    if (search.racing() == Racing.MAX_T && possible() > MANY) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "At most %,d mixtures that are all evaluated can race, and there are %,d",
              MANY,
              possible()),
          "search.racing",
          remedy);
    }
  }

  private void checkBudget() {
    int fewest = proposals.fewest();
    if (search.budget().isPresent() && search.budget().get() < fewest) {
      throw UserException.usage(
          "A budget of %s mixtures is not enough for the first round of %s, which has %s"
              .formatted(search.budget().get(), proposals.name(), fewest),
          "search.budget",
          "Raise it to %s or more, or choose another search.strategy".formatted(fewest));
    }
  }

  private List<Problem> notAllowed(MixtureFile given) {
    List<Problem> problems = new ArrayList<>();
    for (Mixture mixture : given.lines().keySet()) {
      List<String> unknown = new ArrayList<>(mixture.datasets());
      unknown.removeAll(allowed.axes().datasets());
      if (!unknown.isEmpty()) {
        problems.add(
            new Problem(
                "The mixture " + mixture + " has unknown datasets: " + String.join(", ", unknown),
                given.where(mixture),
                "Correct it, or name them in the manifest"));
      } else if (!allowed.allows(mixture)) {
        problems.add(
            new Problem(
                "The mixture " + mixture + " is none of the " + allowed.describe(),
                given.where(mixture),
                "Take it out, or correct the bounds of the search"));
      }
    }
    return problems;
  }

  private boolean isExhaustive() {
    return proposals.strategy() == Strategy.EXHAUSTIVE;
  }

  /** Which weights datasets have in a subset. */
  public SubsetWeights weights() {
    return allowed.axes().subsets();
  }

  /** How many mixtures the question is about; {@link Long#MAX_VALUE} where there are more. */
  public long possible() {
    if (file.isPresent()) {
      return file.get().lines().size();
    }
    return isExhaustive() ? space().size() : (long) allowed.count();
  }

  /** The most mixtures that are proposed at once. */
  public Optional<Integer> width() {
    if (file.isPresent()) {
      return Optional.empty();
    }
    return switch (proposals.strategy()) {
      case SURFACE, RANDOM -> Optional.of(proposals.settings().width());
      case ORDERED_SOUP -> Optional.of(proposals.settings().soupWidth());
      default -> Optional.empty();
    };
  }

  /** What is evaluated, in words: {@code 255 mixtures}. */
  public String describe() {
    String ratios =
        (search.ratios() == Ratios.REFINE ? ", and then ratios that should be better" : "")
            + (search.racing() == Racing.MAX_T ? ", in a race on the examples" : "");
    if (file.isPresent()) {
      return String.format(
          Locale.ROOT, "%,d mixtures of %s%s", possible(), file.get().location(), ratios);
    }
    String weighted = allowed.axes().subsets().describe();
    if (isExhaustive()) {
      return String.format(Locale.ROOT, "%,d mixtures%s%s", possible(), weighted, ratios);
    }
    String budget =
        search.budget().map(most -> String.format(Locale.ROOT, ", %,d at most", most)).orElse("");
    return allowed.describe()
        + weighted
        + ", of which the strategy "
        + Choice.name(proposals.strategy())
        + " evaluates some"
        + budget
        + ratios;
  }

  /**
   * The strategy.
   *
   * @param objective what ranks
   * @param examples how many examples each of its tasks has
   */
  public SearchStrategy strategy(Objective objective, SortedMap<String, Integer> examples) {
    if (search.racing() == Racing.NONE) {
      AnswerScores whole = new AnswerScores(objective, examples);
      return refined(first(whole), whole);
    }
    requireMeans(objective);
    if (file.isPresent() || isExhaustive()) {
      // On 5 % of the examples a surface says little of ratios: they follow the race.
      AnswerScores whole = new AnswerScores(objective, examples);
      return refined(raced(first(whole), FIRST_LOOK, objective, examples), whole);
    }
    AnswerScores some = new AnswerScores(objective, examples, SEARCHED);
    return raced(refined(first(some), some), SEARCHED, objective, examples);
  }

  private static void requireMeans(Objective objective) {
    for (Objective.Term term : objective.terms()) {
      if (term.measure().aggregate() != Measure.Aggregate.MEAN) {
        throw UserException.usage(
            "Mixtures cannot race on the task %s: its score is not the mean of its examples"
                .formatted(term.task()),
            "search.racing",
            "Set it to none, or choose another measure for the task");
      }
    }
  }

  private RacedSearch raced(
      SearchStrategy strategy,
      int share,
      Objective objective,
      SortedMap<String, Integer> examples) {
    return new RacedSearch(
        strategy, share, objective, examples, allowed.axes(), proposals.settings().seed());
  }

  private SearchStrategy refined(SearchStrategy strategy, AnswerScores scores) {
    return search.ratios() == Ratios.REFINE
        ? new RefinedSearch(strategy, allowed, proposals.settings(), scores)
        : strategy;
  }

  /** All datasets but one, for each of them, where attribution is to have them. */
  public Optional<GivenMixtures> leaveOneOut() {
    if (search.attribution() == Attribution.NONE) {
      return Optional.empty();
    }
    TreeSet<String> datasets = new TreeSet<>(allowed.axes().datasets());
    datasets.removeAll(search.forbidden());
    List<Mixture> mixtures = new ArrayList<>();
    for (String dataset : datasets) {
      TreeSet<String> others = new TreeSet<>(datasets);
      others.remove(dataset);
      if (!others.isEmpty() && allowed.allows(Mixture.subset(others))) {
        mixtures.add(allowed.axes().subsets().subset(others));
      }
    }
    return Optional.of(new GivenMixtures("leave-one-out", mixtures))
        .filter(given -> given.most() > 0);
  }

  private SearchStrategy first(AnswerScores scores) {
    if (file.isPresent()) {
      List<Mixture> mixtures = List.copyOf(file.get().lines().keySet());
      String ids = String.join(" ", mixtures.stream().map(Mixture::id).sorted().toList());
      String id = "mixtures-" + Digests.sha256(ids).substring(0, 8);
      return beginning(new GivenMixtures(id, mixtures));
    }
    return isExhaustive()
        ? beginning(new ExhaustiveSearch(space()))
        : new ProposedSearch(
            proposals,
            scores,
            search.budget().map(Integer::longValue).orElse(Long.MAX_VALUE),
            possible());
  }

  /** Of a race between all mixtures the beginning: all of them a little, and some of them whole. */
  private SearchStrategy beginning(SearchStrategy all) {
    return search.racing() == Racing.NONE
        ? all
        : new RaceEntry(all, FIRST_LOOK, allowed.axes(), proposals.settings().seed());
  }

  private SubsetSpace space() {
    TreeSet<String> datasets = new TreeSet<>(allowed.axes().datasets());
    datasets.removeAll(search.forbidden());
    return SubsetSpace.of(
        datasets,
        new TreeSet<>(search.required()),
        allowed.minimum(),
        allowed.maximum(),
        allowed.axes().subsets());
  }
}
