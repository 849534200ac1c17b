package org.mergetomix.config;

import java.util.Optional;
import org.mergetomix.config.Configuration.Search.Attribution;
import org.mergetomix.config.Configuration.Search.Racing;
import org.mergetomix.config.Configuration.Search.Ratios;
import org.mergetomix.config.Configuration.Search.Strategy;
import org.mergetomix.hocon.Choice;
import org.mergetomix.hocon.Section;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.problem.Range;

/** Reads how to search; what fits the datasets is looked at where these are known. */
final class SearchReader {

  private static final Range COUNT = Range.atLeast(1);
  private static final Range COUNT_OR_NONE = Range.atLeast(0);
  private static final Range SHARE = Range.from(0, 1);
  private static final String AUTOMATIC = "auto";

  private SearchReader() {}

  static Configuration.Search search(Section section) {
    Strategy strategy = section.choice("strategy", Strategy.class);
    Configuration.Search search =
        new Configuration.Search(
            strategy,
            section.integer("minimum-size", COUNT),
            section.integer("maximum-size", COUNT_OR_NONE),
            section.texts("required"),
            section.texts("forbidden"),
            section.integerOr("budget", AUTOMATIC, COUNT),
            section.integerOr("width", AUTOMATIC, COUNT),
            section.numberOr("tolerance", AUTOMATIC, SHARE),
            section.choice("weights", SubsetWeights.By.class),
            section.choice("ratios", Ratios.class),
            section.choice("attribution", Attribution.class),
            section.choice("racing", Racing.class),
            section.textOrEmpty("mixtures"),
            section.texts("reuse"),
            section.longInteger("round-size", COUNT_OR_NONE),
            section.longInteger("partition-size", COUNT_OR_NONE),
            section.integer("attempts", COUNT),
            section.longInteger("max-failed", COUNT_OR_NONE));
    if (search.maximumSize() != 0 && search.maximumSize() < search.minimumSize()) {
      section.problem(
          "maximum-size",
          "search.maximum-size must be 0 or at least search.minimum-size, which is "
              + search.minimumSize()
              + ", not "
              + search.maximumSize(),
          "");
    }
    boolean given = !search.mixtures().isEmpty();
    if (given && strategy != Strategy.AUTO) {
      section.problem(
          "strategy",
          section.pathOf("strategy") + " has no effect with search.mixtures",
          "Leave out one of them");
    }
    if (given && search.attribution() != Attribution.NONE) {
      section.problem(
          "attribution",
          section.pathOf("attribution") + " has no effect with search.mixtures",
          "Leave out one of them");
    }
    if (given && search.weights() != SubsetWeights.By.DATASET) {
      section.problem(
          "weights",
          section.pathOf("weights") + " has no effect with search.mixtures, which says them itself",
          "Leave out one of them");
    }
    refuseUnheeded(section, "budget", search.budget(), search);
    refuseUnheeded(section, "width", search.width(), search);
    refuseUnheeded(section, "tolerance", search.tolerance(), search);
    return search;
  }

  private static void refuseUnheeded(
      Section section, String key, Optional<?> value, Configuration.Search search) {
    boolean given = !search.mixtures().isEmpty();
    boolean heeded = search.ratios().heeds(key) || (!given && search.strategy().heeds(key));
    if (value.isPresent() && !heeded) {
      section.problem(
          key,
          section.pathOf(key)
              + " has no effect with "
              + (given ? "search.mixtures" : "search.strategy = " + Choice.name(search.strategy())),
          "Leave it out, or set it to " + AUTOMATIC);
    }
  }
}
