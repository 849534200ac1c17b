package org.mergetomix.executor;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.location.Location;
import org.mergetomix.output.LocalOutput;
import org.mergetomix.plan.FileInput;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsWriter;
import org.mergetomix.tensor.Checkpoint;

/**
 * A model that was trained elsewhere from the same, to be written where a job would write it: the
 * same bytes, without the training.
 *
 * @param job what would train it
 * @param source where it lies
 */
public record TakenExpert(TrainingJob job, Location source) implements Serializable {

  private static final Pattern BASE_NAME =
      Pattern.compile("(\"base_model_name_or_path\"\\s*:\\s*)\"(?:[^\"\\\\]|\\\\.)*\"");

  /**
   * Writes it.
   *
   * @throws UserException if it cannot be read, or not be written where it belongs
   */
  public TrainingOutcome take() {
    try (InputFiles files = job.access().open()) {
      FileInput base = job.start().fetched(files);
      Path there = files.fetch(source, "");
      try (Checkpoint model = Checkpoints.openTrained(there);
          LocalOutput target =
              LocalOutput.of(
                  job.output(),
                  job.form().bytes(model.tensors(), base.file()),
                  files,
                  job.access().hadoop().value())) {
        requireUnchanged(model);
        write(target, model, there, base.file());
      } catch (UserException problems) {
        throw files.named(problems);
      }
      return TrainingOutcome.untrained(job, TrainingOutcome.Origin.TAKEN_OVER);
    }
  }

  private void requireUnchanged(Checkpoint model) {
    if (!job.digest().equals(model.metadata().get(TrainingJob.RECIPE))) {
      throw UserException.input(
          "The expert changed since its run was looked at", source.text(), "Start again");
    }
  }

  private void write(LocalOutput target, Checkpoint model, Path there, Path base) {
    switch (job.form()) {
      case FILE -> {
        SafetensorsWriter.write(target.path(), model.tensors(), model.metadata(), model);
        target.publish();
      }
      case FOLDER ->
          TrainedFiles.writeModel(target, model.tensors(), model, model.metadata(), base);
      case ADAPTER ->
          TrainedFiles.writeAdapter(
              target, model.tensors(), model, model.metadata(), configuration(there));
    }
  }

  /** As it was written, but that the base is called what it is called here. */
  private String configuration(Path adapter) {
    Path file = adapter.resolve(CheckpointFolder.ADAPTER_CONFIG);
    String base = String.valueOf(TextNode.valueOf(job.start().location().name()));
    try {
      return BASE_NAME
          .matcher(Files.readString(file))
          .replaceFirst("$1" + Matcher.quoteReplacement(base));
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
  }
}
