package org.mergetomix.spark;

import java.util.List;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.problem.Problem;

/** What workers told that a user should know, for people. */
final class WorkerWarnings {

  private WorkerWarnings() {}

  /** A warning for each that the worker of a plan told. */
  static List<Problem> of(ModelInput model) {
    return model instanceof ModelInput.OfWorker worker ? of(worker.warnings()) : List.of();
  }

  /** A warning for each. */
  static List<Problem> of(List<String> warnings) {
    return warnings.stream()
        .map(
            warning ->
                new Problem(
                    "The worker warns: " + warning,
                    "",
                    "Its scores are recorded with its versions; another one is not the same"
                        + " engine"))
        .toList();
  }
}
