package org.mergetomix.rank;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.Objective;
import org.mergetomix.table.Confirmation;

/**
 * The winner beside its baselines, all really fine-tuned, on the confirm examples. The best single
 * dataset is chosen on the search examples, as a user would; differences are taken in pairs.
 */
public final class Confirmations {

  private final Set<String> datasets;
  private final String all;
  private final Objective search;
  private final Objective confirm;
  private final String winner;
  private final SortedMap<String, ModelScores> scores;
  private final List<Confirmation> list = new ArrayList<>();

  /**
   * @param all the mixture of all datasets
   * @param search the objective on the examples that ranked
   * @param confirm the objective on the examples that judge
   * @param scores of the base, with an empty id, of the winner, and of every dataset and mixture
   *     that has some
   */
  public Confirmations(
      Set<String> datasets,
      Mixture all,
      Objective search,
      Objective confirm,
      Mixture winner,
      SortedMap<String, ModelScores> scores) {
    this.datasets = datasets;
    this.all = all.id();
    this.search = search;
    this.confirm = confirm;
    this.winner = winner.id();
    this.scores = scores;
  }

  /**
   * The comparison.
   *
   * @param random mixtures that were chosen by chance; may be empty
   */
  public List<Confirmation> list(List<String> random) {
    add("winner", winner);
    add("base", "");
    if (scores.containsKey(all)) {
      add("all datasets", all);
    }
    bestSingle().ifPresent(single -> add("best single dataset", single));
    if (!random.isEmpty()) {
      add("mean of random mixtures", "", mean(random));
    }
    return List.copyOf(list);
  }

  private void add(String label, String mixture) {
    add(label, mixture, scores.get(mixture).confirm());
  }

  private void add(String label, String mixture, SortedMap<String, ExampleScores> examples) {
    Estimate gain = confirm.gain(scores.get(winner).confirm(), examples);
    list.add(new Confirmation(label, mixture, confirm.score(examples), gain));
  }

  private Optional<String> bestSingle() {
    return datasets.stream()
        .filter(dataset -> scores.containsKey(dataset))
        .min((a, b) -> search.bestFirst().compare(searchScore(a), searchScore(b)));
  }

  private double searchScore(String mixture) {
    return search.score(scores.get(mixture).search()).value();
  }

  /** The mean over models of every example's score: what a random choice gives on average. */
  private SortedMap<String, ExampleScores> mean(List<String> mixtures) {
    SortedMap<String, ExampleScores> means = new TreeMap<>();
    for (String task : scores.get(winner).confirm().keySet()) {
      means.put(
          task,
          ExampleScores.mean(
              mixtures.stream().map(mixture -> scores.get(mixture).confirm().get(task)).toList()));
    }
    return means;
  }
}
