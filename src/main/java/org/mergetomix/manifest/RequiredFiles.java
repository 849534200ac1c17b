package org.mergetomix.manifest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.mergetomix.cache.InputFiles;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest.DatasetEntry;
import org.mergetomix.manifest.Manifest.TaskEntry;
import org.mergetomix.problem.Problem;

/** Looks for the files that a purpose needs. */
final class RequiredFiles {

  private static final Pattern HUB_NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");

  private final Manifest manifest;
  private final InputFiles inputs;

  /** A set, because purposes share files. */
  private final Set<Problem> problems = new LinkedHashSet<>();

  private RequiredFiles(Manifest manifest, InputFiles inputs) {
    this.manifest = manifest;
    this.inputs = inputs;
  }

  static List<Problem> missing(Manifest manifest, InputFiles inputs, List<Purpose> purposes) {
    RequiredFiles files = new RequiredFiles(manifest, inputs);
    for (Purpose purpose : purposes) {
      manifest.base().model().ifPresent(model -> files.require("The base's model", model));
      files.requireCheckpoint(
          "The base's checkpoint",
          manifest.base().checkpoint(),
          files.remedy("Correct its path in ", manifest.base().checkpoint()));
      switch (purpose) {
        case SEARCHING -> files.requireSearching();
        case FINE_TUNING -> files.requireFineTuning();
        case CONFIRMING -> files.requireConfirming();
      }
    }
    return List.copyOf(files.problems);
  }

  /** What looks like owner/name is mostly meant as a model of a hub. */
  private String remedy(String mend, Location checkpoint) {
    String correct = mend + manifest.file();
    String path = checkpoint.from(manifest.file().parent());
    return HUB_NAME.matcher(path).matches() && !path.endsWith(".safetensors")
        ? correct
            + "; the name of a model on a hub is no path: download it, and give the folder, in the"
            + " hub's cache the one under snapshots/"
        : correct;
  }

  private void requireSearching() {
    for (DatasetEntry dataset : manifest.datasets()) {
      requireCheckpoint(
          "The expert of dataset " + dataset.id(),
          dataset.expert(),
          remedy("Fine-tune it first, or correct its path in ", dataset.expert()));
    }
    for (TaskEntry task : manifest.tasks()) {
      requireData("The data of task " + task.id(), task.data());
      task.shots().ifPresent(data -> requireData("The worked examples of task " + task.id(), data));
    }
  }

  private void requireFineTuning() {
    for (DatasetEntry dataset : manifest.datasets()) {
      String subject = "The data of dataset " + dataset.id();
      dataset
          .data()
          .ifPresentOrElse(
              data -> requireData(subject, data),
              () ->
                  problems.add(
                      new Problem(
                          subject + " is not given, and fine-tuning needs it",
                          manifest.file().toString(),
                          "Add data to the dataset")));
    }
  }

  private void requireConfirming() {
    for (TaskEntry task : manifest.tasks()) {
      task.confirm().ifPresent(data -> requireData("The confirm data of task " + task.id(), data));
    }
  }

  private void requireData(String subject, Location data) {
    problems.addAll(inputs.dataProblems(subject, data, "Correct its path in " + manifest.file()));
  }

  private void require(String subject, Location file) {
    tell(subject, file, inputs.complaint(file), "Correct its path in " + manifest.file());
  }

  /** A checkpoint is a file, or a folder as Hugging Face writes it. */
  private void requireCheckpoint(String subject, Location path, String remedy) {
    tell(subject, path, inputs.complaintOfFileOrFolder(path), remedy);
  }

  private void tell(String subject, Location file, Optional<String> complaint, String remedy) {
    complaint.ifPresent(
        reason -> problems.add(new Problem(subject + " " + reason, file.toString(), remedy)));
  }
}
