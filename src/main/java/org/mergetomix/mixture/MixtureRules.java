package org.mergetomix.mixture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** What makes a mixture valid; each check collects every problem before it throws. */
final class MixtureRules {

  private static final double LEAST_SHARE = 0x1p-24;

  private MixtureRules() {}

  static void checkDatasets(Collection<String> datasets) {
    UserException.usageIfAny(datasetProblems(datasets, ""));
  }

  /** Every invalid id and every id that comes twice, once each, in ascending order. */
  static List<Problem> datasetProblems(Collection<String> datasets, String where) {
    List<Problem> problems = new ArrayList<>();
    if (datasets.isEmpty()) {
      problems.add(new Problem("There is no dataset", where, "Name at least one dataset"));
    }
    TreeMap<String, Integer> occurrences = new TreeMap<>();
    datasets.forEach(dataset -> occurrences.merge(dataset, 1, Integer::sum));
    occurrences.forEach(
        (dataset, count) -> {
          if (!DatasetId.isValid(dataset)) {
            problems.add(
                new Problem(
                    "'" + dataset + "' is not a dataset id", where, "An id has " + DatasetId.RULE));
          } else if (count > 1) {
            problems.add(
                new Problem(
                    "Dataset '" + dataset + "' is named " + count + " times",
                    where,
                    "Name each dataset once"));
          }
        });
    return problems;
  }

  static void checkWeights(Map<String, Double> weights) {
    List<Problem> problems = new ArrayList<>();
    new TreeMap<>(weights)
        .forEach(
            (dataset, weight) -> {
              if (!(weight > 0) || Double.isInfinite(weight)) {
                problems.add(
                    new Problem(
                        "The weight of dataset '" + dataset + "' is " + weight,
                        "",
                        "Weights are positive numbers; leave out a dataset that should have none"));
              }
            });
    UserException.usageIfAny(problems);
  }

  /**
   * A weight that vanishes beside the others would leave a dataset in name only: deltas are summed
   * in float32, where what is smaller by 24 bits does not count.
   */
  static void checkNormalised(String[] datasets, double[] weights) {
    TreeSet<String> vanished = new TreeSet<>();
    for (int i = 0; i < datasets.length; i++) {
      if (weights[i] < LEAST_SHARE) {
        vanished.add(datasets[i]);
      }
    }
    UserException.usageIfAny(
        vanished.stream()
            .map(
                dataset ->
                    new Problem(
                        "The weight of dataset '"
                            + dataset
                            + "' is too small beside the sum of all weights",
                        "",
                        "Give weights of comparable size, for example shares that sum to 1"))
            .toList());
  }
}
