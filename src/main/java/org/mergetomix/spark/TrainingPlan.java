package org.mergetomix.spark;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.checkpoint.Digests;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.training.FineTuning;

/** Makes training jobs from what the user has and wants; reads every text once for its digest. */
final class TrainingPlan {

  private static final int LONGEST_NAME = 100;

  private final FileInput model;
  private final FileInput start;
  private final SortedMap<String, TextData> texts = new TreeMap<>();
  private final SortedMap<String, String> digests = new TreeMap<>();
  private final FineTuning recipe;
  private final long seed;

  TrainingPlan(Manifest manifest, Configuration configuration) {
    this.model = FileInput.of(manifest.base().model());
    this.start = FileInput.ofCheckpoint(manifest.base().checkpoint());
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      dataset
          .data()
          .ifPresent(
              file -> {
                texts.put(dataset.id(), RunPlan.text(manifest, file));
                digests.put(dataset.id(), Digests.sha256(file));
              });
    }
    this.recipe = recipe(configuration.training());
    this.seed = configuration.seed();
  }

  /** Fine-tuning the base on a mixture of datasets that all have data. */
  TrainingJob job(Mixture mixture, Path output) {
    SortedMap<String, TextData> ofMixture = new TreeMap<>();
    SortedMap<String, String> digestsOfMixture = new TreeMap<>();
    for (String dataset : mixture.datasets()) {
      ofMixture.put(dataset, texts.get(dataset));
      digestsOfMixture.put(dataset, digests.get(dataset));
    }
    return new TrainingJob(
        mixture, model, start, ofMixture, digestsOfMixture, recipe, seed, output.toString());
  }

  /** Where a really fine-tuned mixture is kept: named by its id, as far as a file name goes. */
  static Path file(Path directory, Mixture mixture) {
    String id = mixture.id();
    String name =
        id.length() <= LONGEST_NAME
            ? id
            : id.substring(0, LONGEST_NAME) + "-" + Digests.sha256(id).substring(0, 16);
    return directory.resolve(name + ".safetensors");
  }

  static FineTuning recipe(Configuration.Training training) {
    return new FineTuning(
        switch (training.length()) {
          case STEPS -> new FineTuning.Steps(training.steps());
          case EPOCHS -> new FineTuning.Epochs(training.epochs());
        },
        training.batchSize(),
        training.learningRate(),
        training.warmupSteps(),
        training.finalLearningRateShare(),
        training.weightDecay(),
        training.clipNorm());
  }
}
