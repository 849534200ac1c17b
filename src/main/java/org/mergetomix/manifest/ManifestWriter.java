package org.mergetomix.manifest;

import com.typesafe.config.ConfigUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.data.RowColumns;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.hocon.Choice;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest.Base;
import org.mergetomix.manifest.Manifest.DatasetEntry;
import org.mergetomix.manifest.Manifest.HarnessEntry;
import org.mergetomix.manifest.Manifest.TaskEntry;
import org.mergetomix.problem.UserException;

/** Writes a manifest the way a person would: in reading order, an entry a block. */
final class ManifestWriter {

  private final Location folder;
  private final StringBuilder text = new StringBuilder();

  private ManifestWriter(Location folder) {
    this.folder = folder;
  }

  static void write(Manifest manifest, Path file) {
    Path target = file.toAbsolutePath().normalize();
    Path folder = target.getParent();
    String text = text(manifest, Location.of(folder));
    try {
      Files.createDirectories(folder);
      Path draft = folder.resolve("." + target.getFileName() + ".tmp");
      try {
        Files.writeString(draft, text);
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw UserException.input(
          "The manifest cannot be written: " + e,
          file.toString(),
          "Check the permissions of the folder and the space on its disk",
          e);
    }
  }

  /** The manifest as a file of a folder has it. */
  static String text(Manifest manifest, Location folder) {
    ManifestWriter writer = new ManifestWriter(folder);
    writer.append(manifest);
    return writer.text.toString();
  }

  private void append(Manifest manifest) {
    Base base = manifest.base();
    text.append("base {\n");
    base.model().ifPresent(model -> append("model", model));
    append("checkpoint", base.checkpoint());
    base.tokenizer().ifPresent(tokenizer -> append("tokenizer", tokenizer));
    base.context().ifPresent(context -> append("context", Integer.toString(context)));
    appendText("sha256", base.sha256());
    appendList(
        "tied",
        base.tied().stream()
            .map(tie -> "[%s, %s]".formatted(quoted(tie.first()), quoted(tie.second())))
            .toList());
    text.append("}\n\ndatasets = [\n");
    for (DatasetEntry dataset : manifest.datasets()) {
      text.append("{\n");
      appendText("id", Optional.of(dataset.id()));
      dataset.data().ifPresent(data -> append("data", data));
      append(dataset.columns());
      append("expert", dataset.expert());
      appendText("sha256", dataset.sha256());
      append(dataset.policy());
      appendNumbers("baselines", dataset.baselines());
      text.append("}\n");
    }
    text.append("]\n\ntasks = [\n");
    for (TaskEntry task : manifest.tasks()) {
      text.append("{\n");
      appendText("id", Optional.of(task.id()));
      append("kind", task.kind().name());
      task.kind().settings().forEach((key, value) -> append(key, written(value)));
      append("measure", task.measure().name());
      append("data", task.data());
      append(task.columns());
      task.confirm().ifPresent(confirm -> append("confirm", confirm));
      task.holdout()
          .ifPresent(
              held ->
                  append(
                      "confirm", "{ share = %s, seed = %s }".formatted(held.share(), held.seed())));
      task.shots().ifPresent(worked -> append(TaskSettings.SHOTS_DATA, worked));
      append("weight", Double.toString(task.weight()));
      task.scale().ifPresent(scale -> append("scale", Double.toString(scale)));
      text.append("}\n");
    }
    manifest.harness().forEach(this::append);
    text.append("]\n");
  }

  private void append(HarnessEntry task) {
    text.append("{\n");
    appendText("id", Optional.of(task.id()));
    append("kind", HarnessTask.KIND);
    appendText(
        "task",
        Optional.of(
            task.task().isFile()
                ? Location.of(task.task().task()).from(folder)
                : task.task().task()));
    appendText("measure", Optional.of(task.measure()));
    task.examples().ifPresent(count -> append("examples", Integer.toString(count)));
    append("confirm", Integer.toString(task.confirm()));
    append("seed", Integer.toString(task.seed()));
    task.task().options().forEach((key, value) -> append(key, written(value)));
    append("weight", Double.toString(task.weight()));
    task.scale().ifPresent(scale -> append("scale", Double.toString(scale)));
    text.append("}\n");
  }

  private void append(RowColumns columns) {
    columns.named().forEach((key, column) -> appendText(key, Optional.of(column)));
  }

  /** Only what is not the default: most experts need nothing said. */
  private void append(ExpertPolicy policy) {
    appendChoice("kind", policy.kind(), ExpertPolicy.STRICT.kind());
    appendList(
        "prefixes",
        policy.prefixes().stream()
            .map(
                prefix ->
                    "{ from = %s, to = %s }".formatted(quoted(prefix.from()), quoted(prefix.to())))
            .toList());
    appendChoice("missing", policy.missing(), ExpertPolicy.STRICT.missing());
    appendChoice("extra", policy.extra(), ExpertPolicy.STRICT.extra());
    appendChoice("vocabulary", policy.vocabulary(), ExpertPolicy.STRICT.vocabulary());
    appendList("ignore", policy.ignored().stream().map(ManifestWriter::quoted).toList());
  }

  private void appendChoice(String key, Enum<?> choice, Enum<?> absent) {
    if (choice != absent) {
      append(key, Choice.name(choice));
    }
  }

  private void appendList(String key, List<String> items) {
    if (!items.isEmpty()) {
      append(key, "[" + String.join(", ", items) + "]");
    }
  }

  private void appendNumbers(String key, SortedMap<String, Double> numbers) {
    if (!numbers.isEmpty()) {
      append(
          key,
          numbers.entrySet().stream()
              .map(number -> quoted(number.getKey()) + " = " + number.getValue())
              .collect(Collectors.joining(", ", "{ ", " }")));
    }
  }

  /** A value of a task's settings. */
  private static String written(Object value) {
    if (value instanceof List<?> values) {
      return values.stream()
          .map(ManifestWriter::written)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Enum<?> constant) {
      return Choice.name(constant);
    }
    return value instanceof Integer number ? number.toString() : quoted((String) value);
  }

  private static String quoted(String value) {
    return ConfigUtil.quoteString(value);
  }

  private void append(String key, Location location) {
    appendText(key, Optional.of(location.from(folder)));
  }

  private void appendText(String key, Optional<String> value) {
    value.ifPresent(given -> append(key, quoted(given)));
  }

  private void append(String key, String value) {
    text.append("  ").append(key).append(" = ").append(value).append('\n');
  }
}
