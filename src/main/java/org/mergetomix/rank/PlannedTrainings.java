package org.mergetomix.rank;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.statistics.correction.CorrectedScores;
import org.mergetomix.statistics.correction.SurrogateScores;
import org.mergetomix.statistics.correction.TrainingPlan;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;

/** Which ranked mixtures are worth a real training. */
public final class PlannedTrainings {

  private PlannedTrainings() {}

  /**
   * Those that tell most about the errors of all surrogates, one after the other.
   *
   * @param trained mixtures that are trained already
   * @param count how many; fewer come where there are no more
   */
  public static List<Mixture> next(RankedScores ranked, Collection<Mixture> trained, int count) {
    // The surrogate of a single dataset is its expert: there is nothing to learn from it.
    List<CorrectedScores.Ranked> candidates =
        ranked.whole().stream().filter(one -> one.mixture().size() > 1).toList();
    TreeSet<String> datasets = new TreeSet<>();
    candidates.forEach(one -> datasets.addAll(one.mixture().datasets()));
    return candidates.isEmpty()
        ? List.of()
        : TrainingPlan.next(
            new SurrogateScores(
                Axes.of(datasets),
                candidates.stream()
                    .map(one -> Observation.of(one.mixture(), one.score()))
                    .toList()),
            trained,
            count);
  }
}
