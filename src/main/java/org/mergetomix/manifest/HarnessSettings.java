package org.mergetomix.manifest;

import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.hocon.Choice;
import org.mergetomix.hocon.Section;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.Manifest.HarnessEntry;
import org.mergetomix.problem.Range;

/** Reads a task of lm-eval. */
final class HarnessSettings {

  private HarnessSettings() {}

  /** Whether a task is one of lm-eval. */
  static boolean are(Section section) {
    return section.textIfGiven("kind").filter(HarnessTask.KIND::equals).isPresent();
  }

  /**
   * Reads it.
   *
   * @param folder where relative paths start
   */
  static HarnessEntry read(Section section, String id, Location folder) {
    return new HarnessEntry(
        id,
        new HarnessTask(task(section, folder), options(section)),
        section.text("measure"),
        section.optionalInteger("examples", Range.atLeast(1)),
        section.optionalInteger("confirm", Range.atLeast(0)).orElse(0),
        section.optionalInteger("seed", Range.atLeast(0)).orElse(0),
        ManifestReader.weight(section),
        ManifestReader.scale(section));
  }

  private static String task(Section section, Location folder) {
    String task = section.text("task");
    if (!task.endsWith(HarnessTask.FILE)) {
      return task;
    }
    try {
      Location file = folder.resolve(task);
      if (file.isLocal()) {
        return file.path().toAbsolutePath().toString();
      }
      section.problem(
          "task",
          "%s is %s, but lm-eval reads files of its own host"
              .formatted(section.pathOf("task"), file.text()),
          "Put it at one path on every host, and give that");
    } catch (IllegalArgumentException malformed) {
      section.problem("task", section.pathOf("task") + " " + malformed.getMessage(), "");
    }
    return task;
  }

  private static SortedMap<String, Object> options(Section section) {
    SortedMap<String, Object> options = new TreeMap<>();
    section
        .optionalInteger("shots", Range.atLeast(0))
        .ifPresent(count -> options.put("shots", count));
    section
        .optionalInteger("shots-seed", Range.atLeast(0))
        .ifPresent(seed -> options.put("shots-seed", seed));
    HarnessTask.Layout layout =
        section.choice("layout", HarnessTask.Layout.class, HarnessTask.Layout.TEXT);
    if (layout != HarnessTask.Layout.TEXT) {
      options.put("layout", Choice.name(layout));
    }
    section.optionalText("system").ifPresent(system -> options.put("system", system));
    return options;
  }
}
