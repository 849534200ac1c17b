package org.mergetomix.spark;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.InputDigests;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.TextInput;
import org.mergetomix.problem.UserException;
import org.mergetomix.training.FineTuning;

/** Makes training jobs from what the user has and wants. */
final class TrainingPlan {

  private static final int LONGEST_NAME = 100;

  private final InputAccess access;
  private final ModelInput model;
  private final FileInput start;
  private final SortedMap<String, TextInput> texts;
  private final FineTuning recipe;
  private final long seed;

  private TrainingPlan(
      InputAccess access,
      ModelInput model,
      FileInput start,
      SortedMap<String, TextInput> texts,
      Configuration configuration) {
    this.access = access;
    this.model = model;
    this.start = start;
    this.texts = texts;
    this.recipe = recipe(configuration.training());
    this.seed = configuration.seed();
  }

  /** Reads every input once for its digest. */
  static TrainingPlan of(SparkSession spark, Manifest manifest, Configuration configuration) {
    InputAccess access = InputAccess.of(spark, configuration);
    InputDigests digests =
        new InputDigests(spark, access).add(manifest.base().checkpoint(), manifest.base().sha256());
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      dataset.data().ifPresent(text -> digests.add(text, Optional.empty()));
    }
    manifest.base().model().ifPresent(graph -> digests.add(graph, Optional.empty()));
    SortedMap<Location, FileInput> inputs = digests.read();
    try (InputFiles files = access.open()) {
      try {
        return of(access, manifest, configuration, BaseModel.toRun(files, manifest), inputs);
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
  }

  private static TrainingPlan of(
      InputAccess access,
      Manifest manifest,
      Configuration configuration,
      BaseModel base,
      SortedMap<Location, FileInput> inputs) {
    BaseModel.Reading reading = base.reading();
    SortedMap<String, TextInput> texts = new TreeMap<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      dataset.data().ifPresent(text -> texts.put(dataset.id(), reading.text(inputs.get(text))));
    }
    return new TrainingPlan(
        access, base.model(inputs), inputs.get(manifest.base().checkpoint()), texts, configuration);
  }

  /** Fine-tuning the base on a mixture of datasets that all have data. */
  TrainingJob job(Mixture mixture, Location output) {
    SortedMap<String, TextInput> ofMixture = new TreeMap<>();
    mixture.datasets().forEach(dataset -> ofMixture.put(dataset, texts.get(dataset)));
    return new TrainingJob(access, mixture, model, start, ofMixture, recipe, seed, output);
  }

  /**
   * Where a really fine-tuned mixture is kept: named by its id, as far as a file name goes, with =
   * before a weight, since Hadoop takes a colon for the end of a scheme.
   */
  static Location file(Location directory, Mixture mixture) {
    String id = mixture.id();
    String name =
        id.length() <= LONGEST_NAME
            ? id
            : id.substring(0, LONGEST_NAME) + "-" + Digests.sha256(id).substring(0, 16);
    return directory.child(name.replace(':', '=') + ".safetensors");
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
