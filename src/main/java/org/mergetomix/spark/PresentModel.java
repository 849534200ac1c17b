package org.mergetomix.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.executor.TrainingJob;
import org.mergetomix.executor.TrainingOutcome;
import org.mergetomix.executor.TrainingOutcome.Origin;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.folder.Companions;
import org.mergetomix.location.Location;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

/** Looks at what lies where a model is to be trained. */
final class PresentModel {

  /** A part of a model, which is put in its store before the index of all parts. */
  private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

  private PresentModel() {}

  /**
   * A model that is there: ours from the same inputs, or one that the user brought. It is empty
   * where nothing is, ours from other inputs, or what an interrupted upload left.
   *
   * @throws UserException if a folder is there that holds no model
   */
  static Optional<TrainingOutcome> find(TrainingJob job, InputFiles files) {
    if (!files.exists(job.output())) {
      return Optional.empty();
    }
    Path target = files.headers(job.output());
    if (Files.isDirectory(target) && CheckpointFolder.of(target).deciding().isEmpty()) {
      requireUnfinished(job, target);
      return Optional.empty();
    }
    String recipe = metadata(job.output(), files).getOrDefault(TrainingJob.RECIPE, "");
    if (recipe.isEmpty()) {
      return Optional.of(TrainingOutcome.untrained(job, Origin.GIVEN));
    }
    return recipe.equals(job.digest())
        ? Optional.of(TrainingOutcome.untrained(job, Origin.REUSED))
        : Optional.empty();
  }

  /**
   * What a model says about itself; nothing where none is.
   *
   * @throws UserException if it is broken
   */
  static Map<String, String> metadata(Location model, InputFiles files) {
    if (!files.exists(model)) {
      return Map.of();
    }
    Path target = files.headers(model);
    if (Files.isDirectory(target) && CheckpointFolder.of(target).deciding().isEmpty()) {
      return Map.of();
    }
    try (Checkpoint checkpoint = Checkpoints.openTrained(target)) {
      return checkpoint.metadata();
    } catch (UserException problems) {
      throw files.named(problems);
    }
  }

  /** Of what is written into a store file by file, some files may be there and nothing else. */
  private static void requireUnfinished(TrainingJob job, Path target) {
    List<String> names;
    try (Stream<Path> found = Files.list(target)) {
      names = found.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw FileProblems.reading(target, failure);
    }
    boolean unfinished =
        names.isEmpty()
            || (!job.output().isLocal() && names.stream().allMatch(PresentModel::mayBeOurs));
    if (!unfinished) {
      throw UserException.input(
          "The folder is there, but holds no model and no adapter",
          job.output().text(),
          "Choose another place for what is fine-tuned on %s, or remove the folder"
              .formatted(job.mixture()));
    }
  }

  private static boolean mayBeOurs(String name) {
    return Companions.isOne(name)
        || name.equals(CheckpointFolder.ADAPTER_CONFIG)
        || SHARD.matcher(name).matches();
  }
}
