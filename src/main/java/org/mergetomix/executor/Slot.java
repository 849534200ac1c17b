package org.mergetomix.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.LanguageModelling;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.merge.PrefixMerger;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.LiveModel;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.plan.TaskPlan;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.tensor.Checkpoint;

/**
 * What one task slot of an executor works with: a live model, the merger that overwrites it, and
 * the tasks prepared for it. One task at a time.
 */
public final class Slot implements AutoCloseable {

  private final InputFiles files;
  private final ComputeDevice device;
  private final LiveModel model;
  private final PrefixMerger merger;
  private final SortedMap<String, LanguageModelling> tasks = new TreeMap<>();
  private final SortedMap<String, LanguageModelling> confirmTasks = new TreeMap<>();

  private Slot(InputFiles files, ComputeDevice device, LiveModel model, PrefixMerger merger) {
    this.files = files;
    this.device = device;
    this.model = model;
    this.merger = merger;
  }

  /** A slot for a plan whose inputs are on this host. */
  public static Slot open(
      InputFiles files, RunPlan plan, PreparedExperts experts, ComputeDevice device) {
    LiveModel model = LiveModel.load(plan.model().file(), device);
    Slot slot = new Slot(files, device, model, new PrefixMerger(experts, plan.buffers()));
    try {
      for (TaskPlan task : plan.tasks()) {
        slot.tasks.put(
            task.id(), LanguageModelling.prepare(task.text().text(), plan.batchSize(), model));
        task.confirm()
            .forEach(
                confirm ->
                    slot.confirmTasks.put(
                        task.id(),
                        LanguageModelling.prepare(confirm.text(), plan.batchSize(), model)));
      }
      return slot;
    } catch (RuntimeException | Error failure) {
      slot.close();
      throw failure;
    }
  }

  /** Where the live model is. */
  public ComputeDevice device() {
    return device;
  }

  /** Makes the live model the surrogate of a mixture. */
  public LiveModel merge(Mixture mixture) {
    merger.merge(mixture, model);
    return model;
  }

  /** The same, knowing which mixture comes next: sums that it has no use for are not kept. */
  public LiveModel merge(Mixture mixture, Mixture next) {
    merger.merge(mixture, next, model);
    return model;
  }

  /** Makes the live model a checkpoint's, wherever that lies. */
  public void fill(Location location, String promised) {
    try (Checkpoint checkpoint = Checkpoints.open(files.fetch(location, promised))) {
      model.fill(checkpoint, location.text());
    }
  }

  /** Scores the live model as it is on one task. */
  public ExampleScores evaluate(String task) {
    return finite(task, tasks.get(task).evaluate(model));
  }

  /** Scores the live model as it is on the confirm examples of the tasks that have some. */
  public SortedMap<String, ExampleScores> evaluateConfirm() {
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    confirmTasks.forEach((id, task) -> scores.put(id, finite(id, task.evaluate(model))));
    return scores;
  }

  private static ExampleScores finite(String task, ExampleScores scores) {
    if (!scores.finite()) {
      throw UserException.input(
          "The score is not a number",
          "task " + task,
          "Look for NaN or infinite values in the experts' checkpoints");
    }
    return scores;
  }

  @Override
  public void close() {
    List<LanguageModelling> prepared = new ArrayList<>(tasks.values());
    prepared.addAll(confirmTasks.values());
    prepared.forEach(LanguageModelling::close);
    model.close();
  }
}
