package org.mergetomix.spark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.checkpoint.Digests;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.training.FineTuning;

/** Trains one model on some texts, from any checkpoint; a model that is there already stays. */
public final class TrainAction {

  private final SparkSession spark;
  private final Progress progress;

  /** Training in a session. */
  public TrainAction(SparkSession spark, Progress progress) {
    this.spark = spark;
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
    SortedMap<String, String> digests = new TreeMap<>();
    for (Map.Entry<String, TextData> text : texts.entrySet()) {
      digests.put(text.getKey(), Digests.sha256(text.getValue().file()));
    }
    TrainingJob job =
        new TrainingJob(
            Mixture.subset(texts.keySet()),
            FileInput.of(model),
            FileInput.ofCheckpoint(start),
            new TreeMap<>(texts),
            digests,
            recipe,
            seed,
            target.toString());
    return new TrainingJobs(spark, progress).run(step, List.of(job)).get(0);
  }
}
