package org.mergetomix.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.config.Configuration;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.evaluation.TokenizerSource;
import org.mergetomix.executor.TrainedForm;
import org.mergetomix.family.Family;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.memory.TrainingMemory;
import org.mergetomix.plan.BaseModel;
import org.mergetomix.plan.DataInput;
import org.mergetomix.plan.TaskShare;
import org.mergetomix.plan.TrainerInquiry;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.FineTuning;
import org.mergetomix.training.LowRank;

/** Whether models can be fine-tuned as they are wanted, known from headers and small files. */
final class TrainingCheck {

  private static final String METHOD = "training.method";

  private TrainingCheck() {}

  /**
   * Makes sure that the base can be trained so, and experts written where they are wanted.
   *
   * @param manifest with the datasets whose experts are to be trained and no others
   * @throws UserException input, if the base cannot be used at all; usage, with everything that
   *     keeps it from being trained so
   */
  static void require(
      SparkSession spark, InputFiles files, Manifest manifest, Configuration configuration) {
    switch (configuration.training().engine()) {
      case DJL -> requireForDjl(files, manifest, configuration);
      case COMMAND -> requireForCommand(spark, files, manifest, configuration);
    }
  }

  private static void requireForDjl(
      InputFiles files, Manifest manifest, Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    if (manifest.base().model().isPresent()
        && configuration.training().packing() == FineTuning.Packing.MASKED) {
      problems.add(
          new Problem(
              "training.packing is masked, but the base has a graph of its own, which takes no"
                  + " mask",
              manifest.file().text(),
              "Set training.packing to none, or give a base that is the folder of a known family"));
    }
    if (TrainingPlan.recipe(configuration.training()).method() instanceof LowRank lowRank) {
      checkAdapters(files, manifest, lowRank, problems);
    }
    UserException.usageIfAny(problems);
  }

  private static void checkAdapters(
      InputFiles files, Manifest manifest, LowRank lowRank, List<Problem> problems) {
    problems.addAll(filesOfFolders(manifest, METHOD + " is lora, which writes folders"));
    if (manifest.base().model().isPresent()) {
      problems.add(
          new Problem(
              METHOD
                  + " is lora, but the base has a graph of its own, where no factors can be added",
              manifest.file().text(),
              "Set %s to full, or give a base that is the folder of a known family"
                  .formatted(METHOD)));
    } else {
      Family family = family(files, manifest);
      lowRank
          .unknownTargets(family)
          .forEach(target -> problems.add(unknownTarget(manifest, family, target)));
    }
  }

  /** Starts the command once. */
  private static void requireForCommand(
      SparkSession spark, InputFiles files, Manifest manifest, Configuration configuration) {
    List<Problem> problems =
        new ArrayList<>(
            filesOfFolders(manifest, "training.engine is command, which writes folders"));
    FineTuning recipe = TrainingPlan.recipe(configuration.training());
    if (recipe.length() instanceof FineTuning.Tokens) {
      problems.add(ofDjl("training.length is tokens", "steps or epochs"));
    }
    if (recipe.shares() == FineTuning.Shares.TOKEN) {
      problems.add(ofDjl("training.shares is token", "example"));
    }
    if (recipe.packing() == FineTuning.Packing.MASKED) {
      problems.add(ofDjl("training.packing is masked", "none, and have the command pack"));
    }
    UserException.usageIfAny(problems);
    try {
      BaseModel.toTrainByCommand(files, manifest);
    } catch (UserException found) {
      throw files.named(found);
    }
    TrainerInquiry.versions(spark, TrainingPlan.trainer(configuration));
  }

  private static Problem ofDjl(String setting, String remedy) {
    return new Problem(
        setting + ", but training.engine is command, which makes tokens of rows itself",
        "",
        "Set it to " + remedy);
  }

  /**
   * What the trainings need of an executor. Reads the texts, which are in order, to find the
   * longest example. Nobody here knows what a command needs.
   *
   * @param manifest with the datasets whose data is trained on and no others
   * @param wanted how many models there are to train, at least 1
   * @throws UserException usage, if an executor does not have it
   */
  static Optional<TrainingMemory> memory(
      SparkSession spark,
      InputFiles files,
      Manifest manifest,
      Configuration configuration,
      int wanted) {
    if (configuration.training().engine() == Configuration.Training.Trainer.COMMAND) {
      return Optional.empty();
    }
    BaseModel base = BaseModel.toRun(files, manifest);
    BaseModel.Reading reading = base.reading();
    TokenizerSource tokenizer = reading.tokenizer().withoutWeights(files);
    int longest =
        manifest.datasets().stream()
            .filter(dataset -> dataset.data().isPresent())
            .map(
                dataset ->
                    new TextData(
                        DataInput.fetched(files, dataset.data().orElseThrow()),
                        dataset.columns(),
                        tokenizer,
                        reading.context()))
            .flatMap(text -> text.training().windows().stream())
            .mapToInt(TokenWindow::length)
            .max()
            .orElse(1);
    SortedMap<String, TensorSpec> model = base.parameters();
    SortedMap<String, TensorSpec> trained =
        TrainingPlan.recipe(configuration.training()).method() instanceof LowRank lowRank
            ? lowRank.tensors(base.family().orElseThrow())
            : model;
    TrainingMemory memory =
        TrainingMemory.of(
            spark,
            configuration,
            new TrainingMemory.Work(
                model,
                trained,
                longest,
                reading.vocabulary(),
                TrainingPlan.precision(
                    base, configuration, TaskShare.ofTraining(spark, configuration))),
            wanted);
    memory
        .problem()
        .ifPresent(
            problem -> {
              throw UserException.usage(List.of(problem));
            });
    return Optional.of(memory);
  }

  private static Family family(InputFiles files, Manifest manifest) {
    try {
      return BaseModel.toRun(files, manifest).family().orElseThrow();
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }

  private static List<Problem> filesOfFolders(Manifest manifest, String because) {
    return manifest.datasets().stream()
        .filter(dataset -> TrainedForm.isFile(dataset.expert()))
        .map(
            dataset ->
                new Problem(
                    "%s, but the expert of dataset %s is a file, %s"
                        .formatted(because, dataset.id(), dataset.expert()),
                    manifest.file().text(),
                    "Name a folder, without .safetensors"))
        .toList();
  }

  private static Problem unknownTarget(Manifest manifest, Family family, String target) {
    String known =
        family.linear().stream()
            .map(weight -> weight.replaceFirst("\\.weight$", "").replaceFirst(".*\\.", ""))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(", "));
    return new Problem(
        "training.lora.target-modules has %s, but the base, of type %s, has no such linear layer"
            .formatted(target, family.modelType()),
        manifest.base().checkpoint().text(),
        "Choose from %s, or all-linear".formatted(known));
  }
}
