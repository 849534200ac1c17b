package org.mergetomix.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

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

  /** A model is written in float32, whatever it starts from. */
  private static long model(TrainingJob job, InputFiles files) {
    try (Checkpoint start = Checkpoints.open(files.headers(job.start().location()))) {
      return Float.BYTES
          * start.tensors().values().stream().mapToLong(tensor -> tensor.elements()).sum();
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }
}
