package org.mergetomix.spark;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.Holdout;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.InputDigests;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.TaskShare;
import org.mergetomix.plan.TextInput;
import org.mergetomix.plan.TrainerInquiry;
import org.mergetomix.problem.UserException;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;
import org.mergetomix.worker.TrainerCommand;

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
    manifest.base().model().ifPresent(graph -> digests.add(graph, Optional.empty()));
    try (InputFiles files = access.open()) {
      for (Manifest.DatasetEntry dataset : manifest.datasets()) {
        dataset.data().ifPresent(data -> digests.addData(files, data));
      }
      SortedMap<Location, FileInput> inputs = digests.read();
      try {
        BaseModel base = base(files, manifest, configuration);
        return of(spark, access, files, manifest, configuration, base, inputs);
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
  }

  private static TrainingPlan of(
      SparkSession spark,
      InputAccess access,
      InputFiles files,
      Manifest manifest,
      Configuration configuration,
      BaseModel base,
      SortedMap<Location, FileInput> inputs) {
    BaseModel.Reading reading = base.reading();
    SortedMap<String, TextInput> texts = new TreeMap<>();
    for (Manifest.DatasetEntry dataset : manifest.datasets()) {
      dataset
          .data()
          .ifPresent(
              data ->
                  texts.put(
                      dataset.id(),
                      heldOut(configuration)
                          .map(
                              rows ->
                                  reading
                                      .text(files, data, dataset.columns(), inputs)
                                      .holdingOut(rows))
                          .orElseGet(() -> reading.text(files, data, dataset.columns(), inputs))));
    }
    return new TrainingPlan(
        access,
        model(spark, base, configuration, inputs),
        inputs.get(manifest.base().checkpoint()),
        texts,
        configuration);
  }

  /** Which rows of every dataset are not trained on. */
  static Optional<Holdout> heldOut(Configuration configuration) {
    double share = configuration.training().heldOut();
    return share == 0 ? Optional.empty() : Optional.of(new Holdout(share, configuration.seed()));
  }

  /** The base as what trains it sees it. */
  static BaseModel base(InputFiles files, Manifest manifest, Configuration configuration) {
    return switch (configuration.training().engine()) {
      case DJL -> BaseModel.toRun(files, manifest);
      case COMMAND -> BaseModel.toTrainByCommand(files, manifest);
    };
  }

  private static ModelInput model(
      SparkSession spark,
      BaseModel base,
      Configuration configuration,
      SortedMap<Location, FileInput> inputs) {
    Precision precision =
        precision(base, configuration, TaskShare.ofTraining(spark, configuration));
    return switch (configuration.training().engine()) {
      case DJL -> base.model(inputs, precision);
      case COMMAND -> {
        TrainerCommand trainer = trainer(configuration);
        yield base.trainer(trainer, inputs, precision, TrainerInquiry.versions(spark, trainer));
      }
    };
  }

  /** What trains in place of this process. */
  static TrainerCommand trainer(Configuration configuration) {
    Configuration.Training training = configuration.training();
    return new TrainerCommand(
        training.command(),
        training.workspace().isEmpty()
            ? configuration.cache().folder().toString()
            : training.workspace(),
        training.silence(),
        training.threads(),
        training.checkpointSteps());
  }

  /** Fine-tuning the base on a mixture of datasets that all have data. */
  TrainingJob job(Mixture mixture, Location output) {
    return job(mixture, seed, output);
  }

  /**
   * The same into a directory of models, from another seed each time that it is repeated.
   *
   * @param repeat 0 for the first time, which is from the seed of everything else
   */
  TrainingJob repeated(Mixture mixture, Location directory, int repeat) {
    Location into = repeat == 0 ? directory : directory.child("seed-" + (repeat + 1));
    return job(mixture, seed + repeat, place(into, mixture));
  }

  private TrainingJob job(Mixture mixture, long from, Location output) {
    SortedMap<String, TextInput> ofMixture = new TreeMap<>();
    mixture.datasets().forEach(dataset -> ofMixture.put(dataset, texts.get(dataset)));
    return new TrainingJob(access, mixture, model, start, ofMixture, recipe, from, output);
  }

  /**
   * Where a really fine-tuned mixture is kept: a folder where the base is one of a known family,
   * otherwise a file; named by its id, as far as a file name goes, with = before a weight, since
   * Hadoop takes a colon for the end of a scheme.
   */
  Location place(Location directory, Mixture mixture) {
    String id = mixture.id();
    String name =
        id.length() <= LONGEST_NAME
            ? id
            : id.substring(0, LONGEST_NAME) + "-" + Digests.sha256(id).substring(0, 16);
    String file = name.replace(':', '=');
    return directory.child(model instanceof ModelInput.TorchScript ? file + ".safetensors" : file);
  }

  /** What the weights that stay as they are, and hidden states, are kept in. */
  static Precision precision(BaseModel base, Configuration configuration, TaskShare task) {
    return switch (configuration.training().method()) {
      case FULL -> Precision.FLOAT32;
      case LORA -> base.precision(configuration.training().precision(), task);
    };
  }

  static FineTuning recipe(Configuration.Training training) {
    return new FineTuning(
        switch (training.method()) {
          case FULL -> new FineTuning.Full();
          case LORA -> lowRank(training.lora());
        },
        switch (training.length()) {
          case STEPS -> new FineTuning.Steps(training.steps());
          case EPOCHS -> new FineTuning.Epochs(training.epochs());
          case TOKENS -> new FineTuning.Tokens(training.tokens());
        },
        training.shares(),
        training.packing(),
        training.batchSize(),
        training.atOnce(),
        training.learningRate(),
        training.warmupSteps(),
        training.finalLearningRateShare(),
        training.weightDecay(),
        training.clipNorm());
  }

  private static LowRank lowRank(Configuration.Training.Lora lora) {
    boolean all = lora.targetModules().equals(List.of(Configuration.Training.Lora.ALL_LINEAR));
    return new LowRank(lora.rank(), lora.alpha(), all ? List.of() : lora.targetModules());
  }
}
