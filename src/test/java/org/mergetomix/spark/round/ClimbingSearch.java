package org.mergetomix.spark.round;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.search.Answer;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.search.Standing;

/** A strategy for tests: from the best mixture so far, everything with one dataset more or less. */
final class ClimbingSearch implements SearchStrategy {

  private static final long serialVersionUID = 1L;

  private final List<String> datasets;

  ClimbingSearch(int datasets) {
    this.datasets = TrivialWork.ids(datasets);
  }

  @Override
  public String id() {
    return "climbing";
  }

  @Override
  public String describe() {
    return "climbing over " + datasets;
  }

  @Override
  public long most() {
    return 1L << datasets.size();
  }

  @Override
  public boolean considers(Mixture mixture) {
    return mixture.size() > 0;
  }

  @Override
  public Failures failures() {
    return Failures.ANSWERED;
  }

  @Override
  public Optional<Round> next(Standing standing) {
    List<Answer> known = new ArrayList<>(standing.before());
    IntStream.rangeClosed(1, standing.rounds())
        .forEach(number -> known.addAll(standing.of(number)));
    Set<String> seen = new TreeSet<>(known.stream().map(answer -> answer.mixture().id()).toList());
    List<Mixture> next =
        known.stream()
            .filter(answer -> !answer.failed())
            .min(
                Comparator.comparingDouble((Answer a) -> a.scores().get("task").mean().value())
                    .thenComparing(answer -> answer.mixture().id()))
            .map(best -> neighbours(best.mixture()))
            .orElseGet(() -> datasets.stream().map(id -> Mixture.subset(List.of(id))).toList())
            .stream()
            .filter(mixture -> !seen.contains(mixture.id()))
            .toList();
    return next.isEmpty() ? Optional.empty() : Optional.of(Round.of(next));
  }

  private List<Mixture> neighbours(Mixture best) {
    List<Mixture> neighbours = new ArrayList<>();
    for (String dataset : datasets) {
      TreeSet<String> ids = new TreeSet<>(best.datasets());
      if (!ids.add(dataset)) {
        ids.remove(dataset);
      }
      if (!ids.isEmpty()) {
        neighbours.add(Mixture.subset(ids));
      }
    }
    return neighbours;
  }
}
