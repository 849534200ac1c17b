package org.mergetomix.rank;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.executor.ModelScores;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.Confirmation;

/**
 * The winner beside its baselines, all really fine-tuned, on the confirm examples. The best single
 * dataset is chosen on the search examples, as a user would; differences are taken in pairs.
 */
public final class Confirmations {

  private final RunPlan plan;
  private final String winner;
  private final SortedMap<String, ModelScores> scores;
  private final Direction direction = LanguageModelling.DIRECTION;
  private final List<Confirmation> list = new ArrayList<>();

  public Confirmations(RunPlan plan, Mixture winner, SortedMap<String, ModelScores> scores) {
    this.plan = plan;
    this.winner = winner.id();
    this.scores = scores;
  }

  /** The comparison; empty when no task has confirm examples. */
  public List<Confirmation> list(List<String> random) {
    if (scores.get(winner).confirm().isEmpty()) {
      return List.of();
    }
    add("winner", winner);
    add("base", "");
    String all = Mixture.subset(plan.experts().keySet()).id();
    if (scores.containsKey(all)) {
      add("all datasets", all);
    }
    add("best single dataset", bestSingle());
    if (!random.isEmpty()) {
      add("mean of random mixtures", "", mean(random));
    }
    return List.copyOf(list);
  }

  private void add(String label, String mixture) {
    add(label, mixture, scores.get(mixture).confirm());
  }

  private void add(String label, String mixture, SortedMap<String, ExampleScores> confirm) {
    SortedMap<String, Estimate> means = new TreeMap<>();
    SortedMap<String, Estimate> gains = new TreeMap<>();
    confirm.forEach(
        (task, examples) -> {
          means.put(task, examples.mean());
          Estimate difference = scores.get(winner).confirm().get(task).minus(examples);
          gains.put(
              task,
              new Estimate(direction.gain(difference.value(), 0), difference.standardError()));
        });
    list.add(new Confirmation(label, mixture, plan.overall(means), plan.overall(gains)));
  }

  private String bestSingle() {
    return plan.experts().keySet().stream()
        .min((a, b) -> direction.bestFirst().compare(searchScore(a), searchScore(b)))
        .orElseThrow();
  }

  private double searchScore(String mixture) {
    return plan.overallOf(scores.get(mixture).search()).value();
  }

  /** The mean over models of every example's score: what a random choice gives on average. */
  private SortedMap<String, ExampleScores> mean(List<String> mixtures) {
    SortedMap<String, ExampleScores> means = new TreeMap<>();
    for (String task : scores.get(winner).confirm().keySet()) {
      double[] weights = scores.get(winner).confirm().get(task).weights();
      double[] sums = new double[weights.length];
      for (String mixture : mixtures) {
        double[] examples = scores.get(mixture).confirm().get(task).scores();
        for (int i = 0; i < sums.length; i++) {
          sums[i] += examples[i] / mixtures.size();
        }
      }
      means.put(task, new ExampleScores(sums, weights));
    }
    return means;
  }
}
