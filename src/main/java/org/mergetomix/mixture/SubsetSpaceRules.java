package org.mergetomix.mixture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Which datasets and sizes make a space of subsets. */
final class SubsetSpaceRules {

  private static final String MINIMUM = "search.minimum-size";
  private static final String MAXIMUM = "search.maximum-size";

  private SubsetSpaceRules() {}

  static void check(Collection<String> datasets, int minimumSize, int maximumSize) {
    List<Problem> problems = new ArrayList<>(MixtureRules.datasetProblems(datasets, ""));
    if (minimumSize < 1) {
      problems.add(
          new Problem(
              "A mixture cannot have " + minimumSize + " datasets",
              MINIMUM,
              "Set " + MINIMUM + " to 1 or more"));
    } else if (maximumSize < minimumSize) {
      problems.add(
          new Problem(
              MAXIMUM + " " + maximumSize + " is below " + MINIMUM + " " + minimumSize,
              MAXIMUM,
              "Raise " + MAXIMUM + " or lower " + MINIMUM));
    } else if (minimumSize > datasets.size() && !datasets.isEmpty()) {
      problems.add(
          new Problem(
              "No mixture can have " + minimumSize + " of " + datasets.size() + " datasets",
              MINIMUM,
              "Set " + MINIMUM + " to " + datasets.size() + " or less"));
    } else if (!fits(datasets.size(), minimumSize, maximumSize)) {
      problems.add(
          new Problem(
              datasets.size() + " datasets have more subsets than can be numbered",
              MAXIMUM,
              "Set a lower " + MAXIMUM));
    }
    UserException.usageIfAny(problems);
  }

  private static boolean fits(int datasets, int minimumSize, int maximumSize) {
    try {
      SubsetCounts.of(datasets, minimumSize, Math.min(maximumSize, datasets));
      return true;
    } catch (ArithmeticException overflow) {
      return false;
    }
  }
}
