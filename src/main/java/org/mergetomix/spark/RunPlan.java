package org.mergetomix.spark;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.checkpoint.Digests;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.RunRecord;

/**
 * Everything that an executor needs to merge and evaluate mixtures; broadcast once a run.
 *
 * @param model the TorchScript graph
 * @param base the base checkpoint
 * @param experts the expert of every dataset, by id
 * @param tasks what surrogates are evaluated on
 * @param method the merge method with its parameters
 * @param buffers prefix sums that a slot keeps
 * @param batchSize windows evaluated at once
 * @param space the candidate mixtures
 */
record RunPlan(
    FileInput model,
    FileInput base,
    SortedMap<String, ExpertInput> experts,
    List<TaskPlan> tasks,
    MergeMethod method,
    int buffers,
    int batchSize,
    MixtureSpace space)
    implements Serializable {

  /**
   * Reads every input once for its digest.
   *
   * @throws UserException if one does not have the sha256 that the manifest gives, or if there is
   *     no mixture to evaluate
   */
  static RunPlan of(Manifest manifest, Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    FileInput base = verified(manifest.base().checkpoint(), manifest.base().sha256(), problems);
    SortedMap<String, ExpertInput> experts = new TreeMap<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      experts.put(
          dataset.id(),
          new ExpertInput(
              verified(dataset.expert(), dataset.sha256(), problems),
              ExpertInput.policy(manifest, dataset)));
    }
    if (!problems.isEmpty()) {
      throw UserException.input(problems);
    }
    List<TaskPlan> tasks = new ArrayList<>();
    for (Manifest.TaskEntry task : manifest.tasks()) {
      tasks.add(
          new TaskPlan(
              task.id(),
              text(manifest, task.data()),
              Digests.sha256(task.data()),
              task.confirm().stream()
                  .map(file -> new TaskPlan.ConfirmText(text(manifest, file), Digests.sha256(file)))
                  .toList(),
              task.weight()));
    }
    Configuration.Search search = configuration.search();
    int largest = search.maximumSize() == 0 ? experts.size() : search.maximumSize();
    return new RunPlan(
        FileInput.of(manifest.base().model()),
        base,
        experts,
        List.copyOf(tasks),
        MergeMethod.of(
            configuration.merge().methodName(),
            configuration.merge().parameters(),
            configuration.seed()),
        configuration.merge().buffers(),
        configuration.evaluation().batchSize(),
        SubsetSpace.of(experts.keySet(), search.minimumSize(), largest));
  }

  /** How the models of a manifest read a text. */
  static TextData text(Manifest manifest, Path file) {
    return new TextData(
        file.toString(),
        manifest.base().tokenizer().name().toLowerCase(Locale.ROOT),
        manifest.base().context());
  }

  /** Everything that decides the result of the search, by name. */
  SortedMap<String, String> identity() {
    SortedMap<String, String> identity = new TreeMap<>();
    identity.put("base", base.digest());
    identity.put("model", model.digest());
    identity.put("merge.method", method.describe());
    identity.put("evaluation.batch-size", String.valueOf(batchSize));
    identity.put("space", space.describe());
    experts.forEach((id, expert) -> identity.put("expert " + id, expert.identity()));
    tasks.forEach(
        task -> identity.put("task " + task.id(), task.identity() + " weight=" + task.weight()));
    return identity;
  }

  /** A hash of {@link #identity}: names the run. */
  String runId() {
    return Digests.sha256(identity().toString()).substring(0, 16);
  }

  /** The key of one evaluation: made of contents, never of paths or positions. */
  String key(Mixture mixture, TaskPlan task) {
    List<String> parts = new ArrayList<>();
    parts.add(model.digest());
    parts.add(base.digest());
    parts.add(method.describe());
    parts.add(task.identity());
    parts.add(String.valueOf(batchSize));
    for (String dataset : mixture.datasets()) {
      parts.add(experts.get(dataset).identity());
      parts.add(String.valueOf(mixture.mergeWeight(dataset)));
    }
    return Digests.sha256(parts.toArray(String[]::new));
  }

  /** The score over the tasks that have one: their weighted mean. */
  Estimate overall(SortedMap<String, Estimate> scores) {
    List<TaskPlan> scored = tasks.stream().filter(task -> scores.containsKey(task.id())).toList();
    return Estimate.weightedMean(
        scored.stream().map(task -> scores.get(task.id())).toList(),
        scored.stream().map(TaskPlan::weight).toList());
  }

  /** The same, from the scores per example. */
  Estimate overallOf(SortedMap<String, ExampleScores> scores) {
    SortedMap<String, Estimate> means = new TreeMap<>();
    scores.forEach((task, examples) -> means.put(task, examples.mean()));
    return overall(means);
  }

  /** The inputs, for the run record. */
  List<RunRecord.RunInput> inputs() {
    List<RunRecord.RunInput> inputs = new ArrayList<>();
    inputs.add(new RunRecord.RunInput("model", "", model.path(), model.digest()));
    inputs.add(new RunRecord.RunInput("base", "", base.path(), base.digest()));
    experts.forEach(
        (id, expert) ->
            inputs.add(new RunRecord.RunInput("expert", id, expert.path(), expert.digest())));
    for (TaskPlan task : tasks) {
      inputs.add(new RunRecord.RunInput("task", task.id(), task.text().path(), task.digest()));
      for (TaskPlan.ConfirmText confirm : task.confirm()) {
        inputs.add(
            new RunRecord.RunInput("confirm", task.id(), confirm.text().path(), confirm.digest()));
      }
    }
    return List.copyOf(inputs);
  }

  private static FileInput verified(Path file, Optional<String> expected, List<Problem> problems) {
    FileInput input = FileInput.ofCheckpoint(file);
    if (expected.isPresent() && !expected.get().equalsIgnoreCase(input.digest())) {
      problems.add(
          new Problem(
              "The checkpoint's sha256 is %s, but the manifest gives %s"
                  .formatted(input.digest(), expected.get()),
              file.toString(),
              "Fetch it again, or correct sha256"));
    }
    return input;
  }
}
