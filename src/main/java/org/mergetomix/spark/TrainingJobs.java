package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.DeviceChoice;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.executor.TrainingRoom;
import org.mergetomix.plan.Attempt;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.spark.round.ProgressListener;
import org.mergetomix.spark.round.TaskGpus;

/** Runs training jobs as Spark tasks, a task a model; models that are there already stay. */
final class TrainingJobs {

  private final SparkSession spark;
  private final double gpus;
  private final Progress progress;

  TrainingJobs(SparkSession spark, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.gpus = configuration.training().gpusPerTask();
    this.progress = progress;
  }

  /**
   * Trains what is missing; outcomes come in the order of the jobs.
   *
   * @throws org.mergetomix.problem.UserException with everything to mend, after what could be
   *     trained is there
   */
  List<TrainingOutcome> run(String step, List<TrainingJob> jobs) {
    List<TrainingJob> missing = new ArrayList<>();
    List<TrainingOutcome> outcomes = new ArrayList<>();
    for (TrainingJob job : jobs) {
      try (InputFiles files = job.access().open()) {
        Optional<TrainingOutcome> present = PresentModel.find(job, files);
        if (present.isEmpty()) {
          missing.add(job);
        }
        present
            .filter(outcome -> outcome.origin() == TrainingOutcome.Origin.REUSED)
            .ifPresent(there -> job.removeLeft());
        outcomes.add(present.orElse(TrainingOutcome.pending(job)));
      }
    }
    if (missing.isEmpty()) {
      return List.copyOf(outcomes);
    }
    for (TrainingOutcome trained : train(step, missing)) {
      outcomes.replaceAll(outcome -> outcome.model().equals(trained.model()) ? trained : outcome);
    }
    return List.copyOf(outcomes);
  }

  private List<TrainingOutcome> train(String step, List<TrainingJob> jobs) {
    TrainingRoom.require(jobs);
    JavaSparkContext context = Session.context(spark);
    long steps = TrainingJob.steps(jobs);
    context.setJobGroup(step, "Fine-tune %s models".formatted(jobs.size()), false);
    try (ProgressListener listener = new ProgressListener(context, step, 0, steps, progress)) {
      LongAccumulator done = listener.counter();
      List<Attempt<TrainingOutcome>> attempts =
          TaskGpus.ask(context.parallelize(jobs, jobs.size()), gpus)
              .map(job -> Attempt.of(() -> train(job, done)))
              .collect();
      List<TrainingOutcome> outcomes = Attempt.results(attempts);
      listener.complete();
      return outcomes;
    } finally {
      context.clearJobGroup();
    }
  }

  private static TrainingOutcome train(TrainingJob job, LongAccumulator done) {
    long start = System.nanoTime();
    double loss = job.run(DeviceChoice.all(), step -> done.add(1));
    return new TrainingOutcome(
        job.mixture().id(),
        job.output(),
        TrainingOutcome.Origin.TRAINED,
        loss,
        (System.nanoTime() - start) / 1e9);
  }
}
