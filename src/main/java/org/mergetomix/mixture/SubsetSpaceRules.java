package org.mergetomix.mixture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/** Which datasets and sizes make a space of subsets. */
final class SubsetSpaceRules {

  private static final String MINIMUM = "search.minimum-size";
  private static final String MAXIMUM = "search.maximum-size";
  private static final String REQUIRED = "search.required";

  private SubsetSpaceRules() {}

  static void check(
      Collection<String> datasets, Collection<String> required, int minimumSize, int maximumSize) {
    List<Problem> problems = new ArrayList<>(MixtureRules.datasetProblems(datasets, ""));
    for (String dataset : new TreeSet<>(required)) {
      if (!datasets.contains(dataset)) {
        problems.add(
            new Problem("There is no dataset " + dataset + " to require", REQUIRED, "Take it out"));
      }
    }
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
    } else if (required.size() > maximumSize) {
      problems.add(
          new Problem(
              required.size() + " datasets are required, and a mixture may have " + maximumSize,
              REQUIRED,
              "Raise " + MAXIMUM + " or require fewer"));
    }
    UserException.usageIfAny(problems);
  }

  /** What there is to say of more subsets than a long can count. */
  static UserException tooMany(int datasets) {
    return UserException.usage(
        datasets + " datasets have more subsets than can be numbered",
        MAXIMUM,
        "Set a lower " + MAXIMUM);
  }
}
