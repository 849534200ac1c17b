package org.mergetomix.executor;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.evaluation.TaskData;
import org.mergetomix.evaluation.TextData;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.folder.Digests;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.plan.FileInput;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.plan.TextInput;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.training.DrawnTokens;
import org.mergetomix.training.FineTuning;
import org.mergetomix.worker.TrainerFolder;

/**
 * One model to fine-tune: what an executor needs for it.
 *
 * @param access how a JVM gets at the inputs
 * @param mixture what it is trained on
 * @param model what computes
 * @param start the checkpoint it starts from
 * @param texts the training text of every dataset of the mixture, by id
 * @param recipe how it is trained
 * @param seed what the order of the data is drawn from
 * @param output the file or folder to write
 */
public record TrainingJob(
    InputAccess access,
    Mixture mixture,
    ModelInput model,
    FileInput start,
    SortedMap<String, TextInput> texts,
    FineTuning recipe,
    long seed,
    Location output)
    implements Serializable {

  /** The metadata entry that says what a checkpoint or adapter of ours was trained from. */
  public static final String RECIPE = "merge-to-mix.recipe";

  /** How the metadata entries begin that say what {@link #RECIPE} is a digest of. */
  public static final String PART = RECIPE + ".";

  /** A digest of everything that decides the trained model. */
  public String digest() {
    return Digests.sha256(parts().values().toArray(String[]::new));
  }

  /**
   * What is written into the trained model: the digest, and for a single dataset what it is of, so
   * that another run can say what differs.
   */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(RECIPE, digest());
    if (mixture.size() == 1) {
      parts().forEach((name, part) -> metadata.put(PART + name, part));
    }
    return metadata;
  }

  /** Everything that decides the trained model by name, in the order of the digest. */
  private Map<String, String> parts() {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("mixture", mixture.id());
    parts.put("model", model.identity());
    parts.put("precision", model.precision().key());
    parts.put("base", start.digest());
    parts.put("training", recipe.describe());
    parts.put("seed", String.valueOf(seed));
    texts.forEach(
        (dataset, text) -> {
          parts.put("dataset " + dataset, dataset);
          parts.put("data of " + dataset, text.identity());
          parts.put("tokenizer for " + dataset, text.tokenizer().identity());
          parts.put("context for " + dataset, String.valueOf(text.context()));
        });
    return parts;
  }

  /** Removes what a process left that trained a model that is there, where that lies here. */
  public void removeLeft() {
    if (model instanceof ModelInput.OfTrainer trainer) {
      TrainerFolder.removeLeft(Path.of(trainer.trainer().workspace()), digest());
    }
  }

  /** In which form the model is written. */
  public TrainedForm form() {
    return TrainedForm.of(recipe.method(), output);
  }

  /**
   * How many steps the trainings have together. Reads each text once where they decide it, and
   * nothing else.
   */
  public static long steps(List<TrainingJob> jobs) {
    Map<TextInput, List<Integer>> read = new HashMap<>();
    long steps = 0;
    for (TrainingJob job : jobs) {
      SortedMap<String, List<Integer>> tokens = new TreeMap<>();
      if (!(job.recipe.length() instanceof FineTuning.Steps)) {
        job.texts.forEach(
            (dataset, text) -> tokens.put(dataset, read.computeIfAbsent(text, job::trainedTokens)));
      }
      DrawnTokens drawn = new DrawnTokens(job.mixture, tokens, job.recipe.shares(), job.seed);
      steps += job.recipe.length().steps(drawn, job.recipe.batchSize());
    }
    return steps;
  }

  /**
   * How many tokens of each window are trained on; a command makes of rows what it likes, so each
   * of these counts as one.
   */
  private List<Integer> trainedTokens(TextInput text) {
    try (InputFiles files = access.open()) {
      TaskData data = text.fetched(files).trained();
      return model instanceof ModelInput.OfTrainer
          ? Collections.nCopies(data.trained().size(), 1)
          : data.training().windows().stream().map(TokenWindow::asked).toList();
    }
  }

  /**
   * Trains the model and writes its checkpoint.
   *
   * @param given where it is trained: the first of them, or all by a command
   * @param progress told the number of every step that is done
   * @return the mean loss of the last steps, in nats a token; NaN if a command does not tell it
   */
  public double run(List<ComputeDevice> given, IntConsumer progress) {
    try (InputFiles files = access.open()) {
      try {
        TrainingJob here = fetched(files);
        String baseName = start.location().name();
        if (here.model instanceof ModelInput.OfTrainer trainer) {
          return new CommandTraining(here, trainer, files, baseName).run(given, progress);
        }
        return NativeThreads.call(
            () ->
                here.train(
                    files,
                    baseName,
                    DeviceChoice.forTraining(given.get(0), model.precision()),
                    progress));
      } catch (UserException problems) {
        throw files.named(problems);
      }
    }
  }

  private TrainingJob fetched(InputFiles files) {
    SortedMap<String, TextInput> here = new TreeMap<>();
    texts.forEach((dataset, text) -> here.put(dataset, text.fetched(files)));
    return new TrainingJob(
        access, mixture, model.fetched(files), start.fetched(files), here, recipe, seed, output);
  }

  private double train(
      InputFiles files, String baseName, ComputeDevice device, IntConsumer progress) {
    SortedMap<String, TextData.TrainingWindows> windows = new TreeMap<>();
    texts.forEach((dataset, text) -> windows.put(dataset, text.trained().training()));
    SortedMap<String, List<TokenWindow>> data = new TreeMap<>();
    windows.forEach((dataset, read) -> data.put(dataset, read.windows()));
    int padding = windows.get(windows.firstKey()).padding();
    Map<String, String> metadata = metadata();
    try (LanguageModel live = model.open(start.file(), device);
        Checkpoint checkpoint = BaseCheckpoint.open(start.file())) {
      live.fill(checkpoint, start.path());
      TrainedModel model =
          TrainedModel.of(form(), live, checkpoint, start.file(), baseName, recipe.method(), seed);
      try (LocalOutput target =
          LocalOutput.of(output, model.bytes(), files, access.hadoop().value())) {
        double loss = model.tuner(recipe).train(mixture, data, padding, seed, progress);
        model.write(target, metadata);
        return loss;
      }
    }
  }
}
