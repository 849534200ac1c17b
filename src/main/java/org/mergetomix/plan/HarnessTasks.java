package org.mergetomix.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.evaluation.TaskSplit;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Measure;
import org.mergetomix.score.Objective;

/** The tasks of lm-eval that a manifest asks for, compared with what they are. */
final class HarnessTasks {

  private final Manifest manifest;
  private final List<Problem> problems = new ArrayList<>();

  private HarnessTasks(Manifest manifest) {
    this.manifest = manifest;
  }

  /**
   * The plans of all.
   *
   * @param contents what a worker told of each, by its id
   * @throws UserException usage, with everything that they do not have
   */
  static List<TaskPlan> of(Manifest manifest, SortedMap<String, HarnessContents> contents) {
    HarnessTasks tasks = new HarnessTasks(manifest);
    List<TaskPlan.OfHarness> plans =
        manifest.harness().stream()
            .flatMap(entry -> tasks.plan(entry, contents.get(entry.id())).stream())
            .toList();
    UserException.usageIfAny(tasks.problems);
    tasks.refuseConfirmingByWhatRanks(plans);
    UserException.usageIfAny(tasks.problems);
    return List.copyOf(plans);
  }

  private Optional<TaskPlan.OfHarness> plan(Manifest.HarnessEntry entry, HarnessContents contents) {
    int examples = entry.examples().orElse(contents.examples() - entry.confirm());
    if (examples < 1 || (long) examples + entry.confirm() > contents.examples()) {
      problem(
          entry,
          "asks for %s examples and %s to confirm, but has %s"
              .formatted(
                  entry.examples().isPresent() ? examples : "the other",
                  entry.confirm(),
                  contents.examples()),
          "Lower examples or confirm of the task");
    }
    Optional<Measure> measure = contents.measure(entry.measure());
    if (measure.isEmpty()) {
      String known =
          contents.measures().stream().map(Measure::name).collect(Collectors.joining(", "));
      problem(
          entry,
          Optional.ofNullable(contents.refused().get(entry.measure()))
              .map(why -> "cannot be judged by %s, which %s".formatted(entry.measure(), why))
              .orElse("has no measure " + entry.measure()),
          known.isEmpty() ? "It has none with a score for each example" : "It has " + known);
    }
    return measure.map(
        found ->
            new TaskPlan.OfHarness(
                entry.task(),
                contents,
                examples,
                entry.confirm(),
                entry.seed(),
                manifest.base().context().stream().boxed().toList(),
                new Objective.Term(entry.id(), found, entry.weight(), entry.scale())));
  }

  /** Examples that chose the winner cannot judge it, under whatever entry. */
  private void refuseConfirmingByWhatRanks(List<TaskPlan.OfHarness> plans) {
    for (TaskPlan.OfHarness one : plans) {
      Set<Integer> confirming = new HashSet<>(one.documents(TaskSplit.CONFIRM));
      plans.stream()
          .filter(other -> sameExamples(one, other))
          .filter(
              other -> other.documents(TaskSplit.SEARCH).stream().anyMatch(confirming::contains))
          .forEach(
              other ->
                  problems.add(
                      new Problem(
                          "Task %s confirms by examples of lm-eval's %s that rank the mixtures in"
                                  .formatted(one.id(), one.task().task())
                              + " task "
                              + other.id(),
                          manifest.file().text(),
                          "Give both the same settings, examples, confirm and seed, or leave one"
                              + " out")));
    }
  }

  /** Whatever stands before them. */
  private static boolean sameExamples(TaskPlan.OfHarness one, TaskPlan.OfHarness other) {
    return other.task().task().equals(one.task().task())
        || other.contents().digest().equals(one.contents().digest());
  }

  private void problem(Manifest.HarnessEntry entry, String what, String remedy) {
    problems.add(
        new Problem(
            "Task %s, lm-eval's %s, %s".formatted(entry.id(), entry.task().task(), what),
            manifest.file().text(),
            remedy));
  }
}
