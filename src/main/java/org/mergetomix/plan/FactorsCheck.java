package org.mergetomix.plan;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Evaluation.Engine;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.worker.WorkerLaunch;
import org.mergetomix.worker.WorkerSettings;

/** What has to hold where workers are given the factors of experts in place of surrogates. */
public final class FactorsCheck {

  private static final String MERGED = "Set worker.experts to merged";

  private FactorsCheck() {}

  /** Whether they are. */
  public static boolean asked(Configuration configuration) {
    return configuration.evaluation().engine() == Engine.WORKER
        && configuration.worker().experts() == WorkerSettings.Experts.FACTORS;
  }

  /**
   * Refuses methods and experts that cannot be given so, and experts that are still to be
   * fine-tuned into whole models. What is no expert at all is passed over.
   *
   * @throws UserException usage, with all of them
   */
  public static void require(Manifest manifest, Configuration configuration, InputFiles files) {
    if (!asked(configuration)) {
      return;
    }
    List<Problem> problems = new ArrayList<>();
    MergeMethod method = RunPlan.method(configuration);
    if (!method.isLinear()) {
      problems.add(
          new Problem(
              "worker.experts is factors, but %s is not a weighted sum of whole deltas"
                  .formatted(method),
              "merge.method",
              MERGED
                  + ", or merge by average, linear or task-arithmetic without a lines.alpha or"
                  + " lines.beta that is measured"));
    }
    List<String> missing = new ArrayList<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      if (!files.exists(dataset.expert())) {
        missing.add(dataset.id());
      } else if (!dataset.isAdapter(files) && !isUnclear(dataset, files)) {
        problems.add(
            new Problem(
                "worker.experts is factors, but the expert of %s is no LoRA adapter"
                    .formatted(dataset.id()),
                dataset.expert().text(),
                MERGED));
      }
    }
    if (!missing.isEmpty()
        && configuration.training().method() == Configuration.Training.Method.FULL) {
      problems.add(
          new Problem(
              "worker.experts is factors, but training.method is full, which makes whole models of"
                  + " the experts that are missing: "
                  + String.join(", ", missing),
              "training.method",
              "Set training.method to lora, or worker.experts to merged"));
    }
    UserException.usageIfAny(problems);
  }

  /**
   * Refuses a worker that takes none.
   *
   * @throws UserException usage
   */
  static void require(Configuration configuration, WorkerLaunch.Description worker) {
    if (asked(configuration) && !worker.takesFactors()) {
      throw UserException.usage(
          "worker.experts is factors, but this worker takes none",
          "worker.experts",
          MERGED + ", or take the worker that comes with this program (worker.command = [])");
    }
  }

  /** Whether a folder holds no expert, or two: the check of inputs has words for that. */
  private static boolean isUnclear(Manifest.DatasetEntry dataset, InputFiles files) {
    CheckpointFolder folder = folder(dataset, files);
    return Files.isDirectory(folder.boundary().folder())
        && folder.holdsAdapter() == folder.holdsModel()
        && (!folder.holdsModel() || dataset.policy().kind() == ExpertKind.AUTO);
  }

  private static CheckpointFolder folder(Manifest.DatasetEntry dataset, InputFiles files) {
    return CheckpointFolder.of(files.headers(dataset.expert()));
  }
}
