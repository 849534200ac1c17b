package org.mergetomix.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.DataInput;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.TextInput;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.training.FineTuning;

/** Trains one model on some texts, from any checkpoint; a model that is there already stays. */
public final class TrainAction {

  private final SparkSession spark;
  private final Configuration configuration;
  private final Progress progress;

  /** Training in a session. */
  public TrainAction(SparkSession spark, Configuration configuration, Progress progress) {
    this.spark = spark;
    this.configuration = configuration;
    this.progress = progress;
  }

  /**
   * Trains on all texts in equal shares.
   *
   * @param step what the progress calls it
   * @param model the TorchScript graph
   * @param start the checkpoint to start from
   * @param texts the texts by dataset id
   * @param recipe how to train
   * @param seed what the order of the data is drawn from
   * @param target the checkpoint to write
   */
  public TrainingOutcome run(
      String step,
      Path model,
      Path start,
      SortedMap<String, TextData> texts,
      FineTuning recipe,
      long seed,
      Path target) {
    SortedMap<String, TextInput> inputs = new TreeMap<>();
    texts.forEach(
        (id, text) ->
            inputs.put(
                id,
                new TextInput(
                    text.files().get(0).name(),
                    text.files().stream()
                        .map(file -> DataInput.of(FileInput.of(Path.of(file.path()))))
                        .toList(),
                    text.columns(),
                    text.tokenizer(),
                    text.context())));
    TrainingJob job =
        new TrainingJob(
            InputAccess.of(spark, configuration),
            Mixture.subset(texts.keySet()),
            new ModelInput.TorchScript(FileInput.of(model), List.of()),
            FileInput.of(start),
            inputs,
            recipe,
            seed,
            Location.of(target));
    return new TrainingJobs(spark, progress).run(step, List.of(job)).get(0);
  }
}
