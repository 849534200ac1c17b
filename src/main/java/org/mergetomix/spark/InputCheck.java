package org.mergetomix.spark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.checkpoint.Checkpoint;
import org.mergetomix.checkpoint.Delta;
import org.mergetomix.checkpoint.TensorSpec;
import org.mergetomix.evaluation.TextExamples;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.surrogate.LiveModel;

/** Looks at the inputs before any time is spent on them, and finds all problems at once. */
final class InputCheck {

  private final SparkSession spark;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  InputCheck(SparkSession spark) {
    this.spark = spark;
  }

  /** Reads texts that are there, beside those of the tasks. */
  InputCheck texts(List<Path> files) {
    files.forEach(file -> attempt(() -> TextExamples.read(file)));
    return this;
  }

  /**
   * Reads the headers of the base and of every expert that is there, and the data of the tasks, and
   * compares the base with the model. The files exist.
   *
   * @param experts the datasets whose expert is there
   * @return what is no problem, but a user should know
   * @throws UserException if anything does not fit
   */
  List<Problem> run(Manifest manifest, List<Manifest.DatasetEntry> experts) {
    Path baseFile = manifest.base().checkpoint();
    attempt(
        () -> {
          try (Checkpoint base = Checkpoint.open(baseFile)) {
            warnings.addAll(base.warnings());
            for (Manifest.DatasetEntry expert : experts) {
              attempt(() -> checkExpert(base, manifest, expert));
            }
            problems.addAll(
                mismatches(manifest.base().model(), base.tensors(), baseFile.toString()));
          }
        });
    for (Manifest.TaskEntry task : manifest.tasks()) {
      attempt(() -> TextExamples.read(task.data()));
      task.confirm().ifPresent(file -> attempt(() -> TextExamples.read(file)));
    }
    if (!problems.isEmpty()) {
      throw UserException.input(problems);
    }
    return List.copyOf(warnings);
  }

  private void checkExpert(Checkpoint base, Manifest manifest, Manifest.DatasetEntry dataset) {
    try (Delta delta = Delta.open(base, dataset.expert(), ExpertInput.policy(manifest, dataset))) {
      warnings.addAll(delta.warnings());
    }
  }

  private void attempt(Runnable check) {
    try {
      check.run();
    } catch (UserException found) {
      problems.addAll(found.problems());
    }
  }

  /** Runs as a task, since the driver of a shared cluster should not load native code. */
  private List<Problem> mismatches(
      Path model, SortedMap<String, TensorSpec> tensors, String checkpoint) {
    JavaSparkContext context = Session.context(spark);
    String graph = model.toString();
    try {
      return context
          .parallelize(List.of(graph), 1)
          .map(path -> mismatchesOf(path, tensors, checkpoint))
          .first();
    } catch (Exception failure) {
      // Spark throws checked exceptions that nobody declares.
      throw Failures.mendable(failure)
          .<RuntimeException>map(found -> found)
          .orElseGet(() -> new IllegalStateException(failure));
    }
  }

  private static List<Problem> mismatchesOf(
      String graph, SortedMap<String, TensorSpec> tensors, String checkpoint) {
    return NativeThreads.call(
        () -> {
          try (LiveModel model = LiveModel.load(Path.of(graph))) {
            return model.mismatches(tensors, checkpoint);
          }
        });
  }
}
