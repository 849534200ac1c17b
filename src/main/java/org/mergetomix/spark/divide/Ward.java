package org.mergetomix.spark.divide;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts clusters together, always the two whose union adds least to the sum of squared distances
 * (Ward 1963; distances after a step by Lance and Williams 1967), until so many are left.
 */
final class Ward {

  private Ward() {}

  /**
   * The centres that are left.
   *
   * @param centres one or more, of equal lengths
   * @param sizes how many points each stands for
   * @param left how many clusters to leave; the centres themselves where there are no more
   */
  static List<double[]> centres(List<double[]> centres, List<Long> sizes, int left) {
    int count = centres.size();
    double[][] costs = new double[count][count];
    double[] size = sizes.stream().mapToDouble(Long::doubleValue).toArray();
    double[][] centre = centres.stream().map(double[]::clone).toArray(double[][]::new);
    boolean[] gone = new boolean[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        double cost = size[i] * size[j] / (size[i] + size[j]) * squared(centre[i], centre[j]);
        costs[i][j] = cost;
        costs[j][i] = cost;
      }
    }
    for (int clusters = count; clusters > left; clusters--) {
      join(costs, size, centre, gone);
    }
    List<double[]> rest = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!gone[i]) {
        rest.add(centre[i]);
      }
    }
    return rest;
  }

  private static void join(double[][] costs, double[] size, double[][] centre, boolean[] gone) {
    int first = -1;
    int second = -1;
    for (int i = 0; i < gone.length; i++) {
      for (int j = 0; j < i; j++) {
        if (!gone[i] && !gone[j] && (first < 0 || costs[i][j] < costs[first][second])) {
          first = i;
          second = j;
        }
      }
    }
    double together = size[first] + size[second];
    for (int k = 0; k < gone.length; k++) {
      if (!gone[k] && k != first && k != second) {
        double cost =
            ((size[first] + size[k]) * costs[first][k]
                    + (size[second] + size[k]) * costs[second][k]
                    - size[k] * costs[first][second])
                / (together + size[k]);
        costs[second][k] = cost;
        costs[k][second] = cost;
      }
    }
    for (int d = 0; d < centre[first].length; d++) {
      centre[second][d] =
          (size[first] * centre[first][d] + size[second] * centre[second][d]) / together;
    }
    size[second] = together;
    gone[first] = true;
  }

  private static double squared(double[] one, double[] other) {
    double sum = 0;
    for (int d = 0; d < one.length; d++) {
      double difference = one[d] - other[d];
      sum += difference * difference;
    }
    return sum;
  }
}
