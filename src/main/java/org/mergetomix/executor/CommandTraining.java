package org.mergetomix.executor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.data.Example;
import org.mergetomix.expert.BaseCheckpoint;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.TiedCheckpoint;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.Companions;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.training.LowRank;
import org.mergetomix.worker.TrainerFolder;
import org.mergetomix.worker.TrainerJob;
import org.mergetomix.worker.TrainerProcess;
import org.mergetomix.worker.TrainerResult;

/**
 * A training by a process beside the executor: what it wrote is compared with the base and written
 * again as every model that is trained here, under the base's names and in its types.
 */
final class CommandTraining {

  private static final String TARGETS = "target_modules";
  private static final int MOST_BYTES = 1 << 24;

  private final TrainingJob job;
  private final ModelInput.OfTrainer trainer;
  private final InputFiles files;
  private final String baseName;

  /**
   * A training.
   *
   * @param job with all inputs on this host
   * @param baseName what the base is called
   */
  CommandTraining(
      TrainingJob job, ModelInput.OfTrainer trainer, InputFiles files, String baseName) {
    this.job = job;
    this.trainer = trainer;
    this.files = files;
    this.baseName = baseName;
  }

  /**
   * Trains and writes the model.
   *
   * @param devices that the process sees
   * @return the loss that it tells
   */
  double run(List<ComputeDevice> devices, IntConsumer progress) {
    Path base = trainer.base().file();
    if (!Companions.digest(base).equals(trainer.folder())) {
      throw UserException.input(
          "What lies beside the base changed since the run began", base.toString(), "Start again");
    }
    SortedMap<String, String> here = TrainerProcess.versions(trainer.trainer());
    if (!here.equals(trainer.versions())) {
      throw UserException.input(
          "The trainer of this executor is %s, but the run began with %s"
              .formatted(here, trainer.versions()),
          trainer.trainer().command().get(0),
          "Have the same one on every executor");
    }
    SortedMap<String, List<Example>> examples = new TreeMap<>();
    job.texts().forEach((dataset, text) -> examples.put(dataset, text.trained().trained()));
    TrainerJob told =
        new TrainerJob(
            job.digest(),
            job.mixture(),
            base,
            examples,
            job.recipe(),
            trainer.precision(),
            job.texts().get(job.texts().firstKey()).context(),
            job.seed());
    Path workspace = Path.of(trainer.trainer().workspace());
    try (TrainerFolder folder = TrainerFolder.open(workspace, told.digest(), Kills::check)) {
      try {
        TrainerResult result =
            TrainerProcess.run(trainer.trainer(), folder, told, devices, progress, Kills::check);
        write(result.model());
        folder.remove();
        return result.loss();
      } catch (UserException refused) {
        // What it takes for done is not.
        folder.forgetResult();
        throw refused;
      }
    }
  }

  private void write(Path trained) {
    boolean adapter = job.recipe().method() instanceof LowRank;
    CheckpointFolder folder = CheckpointFolder.of(trained);
    if (adapter ? !folder.holdsAdapter() : !folder.holdsModel()) {
      throw UserException.input(
          "The trainer left no %s in the folder of its model"
              .formatted(adapter ? "PEFT adapter" : "checkpoint in safetensors"),
          trained.toString(),
          "training.method asks for %s".formatted(adapter ? "an adapter alone" : "a whole model"));
    }
    Map<String, String> metadata = job.metadata();
    try (TiedCheckpoint base = trainer.base().open()) {
      ExpertPolicy policy =
          trainer.base().policy(ExpertPolicy.STRICT.tied(trainer.base().tied()), base);
      Delta.open(base, trained, policy).close();
      if (adapter) {
        writeAdapter(trained, metadata);
      } else {
        writeModel(trained, base, metadata);
      }
    }
  }

  private void writeModel(Path trained, TiedCheckpoint base, Map<String, String> metadata) {
    SortedMap<String, TensorSpec> weights = new TreeMap<>(base.stored().tensors());
    weights.values().removeIf(tensor -> !tensor.dtype().floating() || KnownBuffers.include(tensor));
    SortedMap<String, TensorSpec> written = TrainedForm.written(weights);
    try (Checkpoint model = BaseCheckpoint.open(trained)) {
      SortedMap<String, String> names = new TreeMap<>();
      weights.keySet().forEach(name -> names.put(name, name));
      base.copies().forEach((second, first) -> names.replace(second, first));
      names.replaceAll((name, kept) -> nameIn(model, name, kept));
      TensorSource source =
          (tensor, offset, destination, length) ->
              model.read(names.get(tensor), offset, destination, length);
      long bytes = TrainedForm.FOLDER.bytes(written, trainer.base().file());
      try (LocalOutput output = output(bytes)) {
        TrainedFiles.writeModel(output, written, source, metadata, trainer.base().file());
      }
    }
  }

  /** Of two tied tensors a trainer may save either, or both. */
  private String nameIn(Checkpoint model, String name, String kept) {
    if (model.tensors().containsKey(name)) {
      return name;
    }
    if (model.tensors().containsKey(kept)) {
      return kept;
    }
    return trainer.base().tied().stream()
        .filter(pair -> List.of(pair.first(), pair.second()).contains(name))
        .map(pair -> pair.first().equals(name) ? pair.second() : pair.first())
        .filter(other -> model.tensors().containsKey(other))
        .findFirst()
        .orElseThrow(
            () ->
                UserException.input(
                    "The trainer saved %s under another name than the base has".formatted(name),
                    model.name(),
                    "Have it save under the base's names"));
  }

  private void writeAdapter(Path trained, Map<String, String> metadata) {
    Path configuration = trained.resolve(CheckpointFolder.ADAPTER_CONFIG);
    ObjectNode settings = (ObjectNode) JsonDocument.tree(configuration, MOST_BYTES);
    settings.put("base_model_name_or_path", baseName);
    // A set in Python, whose order is another one each time.
    if (settings.path(TARGETS) instanceof ArrayNode targets) {
      ArrayNode sorted = settings.putArray(TARGETS);
      StreamSupport.stream(targets.spliterator(), false)
          .map(JsonNode::asText)
          .sorted()
          .forEach(sorted::add);
    }
    try (Checkpoint factors = SafetensorsFile.open(trained.resolve(CheckpointFolder.ADAPTER))) {
      long bytes = TrainedForm.ADAPTER.bytes(factors.tensors(), trainer.base().file());
      try (LocalOutput output = output(bytes)) {
        TrainedFiles.writeAdapter(
            output, factors.tensors(), factors, metadata, settings.toPrettyString() + "\n");
      }
    }
  }

  private LocalOutput output(long bytes) {
    return LocalOutput.of(job.output(), bytes, files, job.access().hadoop().value());
  }
}
