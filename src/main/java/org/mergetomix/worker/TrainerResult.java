package org.mergetomix.worker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mergetomix.folder.JsonDocument;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;

/**
 * What a training came to, as {@code result.json} says it.
 *
 * @param model the folder of what was trained
 * @param loss of the last steps, in nats a token; NaN where it is not told
 */
public record TrainerResult(Path model, double loss) {

  /** What the file is called; a trainer writes it last. */
  static final String FILE = "result.json";

  private static final int MOST_BYTES = 1 << 20;

  private static final String REMEDY =
      "Have the trainer write it last, when everything else is there";

  /**
   * Reads it.
   *
   * @param digest of the job
   * @throws UserException if it is not there, or not of this job, or names no folder in this one
   */
  static TrainerResult read(Path folder, String digest) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      throw UserException.input(
          "The trainer ended as if it had done its work, but there is no " + FILE,
          folder.toString(),
          REMEDY);
    }
    JsonNode result = JsonDocument.tree(file, MOST_BYTES);
    if (!result.path("job").asText().equals(digest)) {
      throw UserException.input(
          "The result is of another job",
          file.toString(),
          "Have the trainer copy job from %s".formatted(TrainerJob.FILE));
    }
    Path model = folder.resolve(result.path("model").asText("model")).normalize();
    if (!isFolderIn(folder, model)) {
      throw UserException.input(
          "The result names no folder within that of the training as its model",
          file.toString(),
          "Have the trainer put there what it trained, and name it as model");
    }
    return new TrainerResult(model, result.path("loss").asDouble(Double.NaN));
  }

  private static boolean isFolderIn(Path folder, Path model) {
    try {
      return Files.isDirectory(model)
          && !model.equals(folder)
          && model.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException failure) {
      throw FileProblems.reading(model, failure);
    }
  }
}
