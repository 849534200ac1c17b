package org.mergetomix.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.family.FamilyReader;
import org.mergetomix.location.Location;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.LowRank;

/** Whether a host may keep what a training needs of its disk, known from headers and sizes. */
public final class TrainingRoom {

  private TrainingRoom() {}

  /**
   * Makes sure that each training alone can be done. Several at once on a host take their room as
   * they begin.
   *
   * @param jobs one or more, of one access
   * @throws UserException usage, with every training that cannot
   */
  public static void require(List<TrainingJob> jobs) {
    List<Problem> problems = new ArrayList<>();
    try (InputFiles files = jobs.get(0).access().open()) {
      for (TrainingJob job : jobs) {
        long capacity = job.access().cache().capacity();
        long copies = copies(job, files);
        long model = job.output().isLocal() ? 0 : model(job, files);
        if (copies + model > capacity) {
          problems.add(
              new Problem(
                  "Fine-tuning on "
                      + job.mixture()
                      + " keeps "
                      + copies
                      + " bytes of copies on a host, and "
                      + model
                      + " of the model until it is in its store, but a host may keep "
                      + capacity,
                  "cache.capacity",
                  "Raise it to at least " + (copies + model)));
        }
      }
    }
    UserException.usageIfAny(problems);
  }

  private static long copies(TrainingJob job, InputFiles files) {
    Set<Location> remote = new TreeSet<>(Set.of(job.start().location()));
    job.model().file().forEach(graph -> remote.add(graph.location()));
    job.texts()
        .values()
        .forEach(text -> text.inputs().forEach(input -> remote.add(input.file().location())));
    remote.removeIf(Location::isLocal);
    return remote.stream().mapToLong(files::bytes).sum();
  }

  /** At most; how large a command's adapter is shows when it is there. */
  private static long model(TrainingJob job, InputFiles files) {
    Path base = files.headers(job.start().location());
    try (Checkpoint start = BaseCheckpoint.open(base)) {
      SortedMap<String, TensorSpec> tensors =
          job.recipe().method() instanceof LowRank lowRank
                  && !(job.model() instanceof ModelInput.OfTrainer)
              ? lowRank.tensors(FamilyReader.ofBase(base, start.tensors().keySet()))
              : TrainedForm.written(start.tensors());
      return job.form().bytes(tensors, base);
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }
}
