package org.mergetomix.hocon;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the keys that stand in a file and mean nothing. */
final class UnknownKeys {

  /** Full paths of all keys that mean something, anywhere. */
  private final Set<String> known = new TreeSet<>();

  private final Findings findings;

  private UnknownKeys(Findings findings) {
    this.findings = findings;
  }

  static void refuse(Section root, Findings findings) {
    UnknownKeys unknownKeys = new UnknownKeys(findings);
    unknownKeys.collectKnown(root);
    unknownKeys.refuse(root);
  }

  private void collectKnown(Section section) {
    section.keys().forEach(key -> known.add(section.pathOf(key)));
    section.children().forEach(this::collectKnown);
  }

  private void refuse(Section section) {
    section
        .values()
        .forEach(
            (key, value) -> {
              if (!section.keys().contains(key)) {
                refuse(section, section.pathOf(key), value);
              }
            });
    section.children().forEach(this::refuse);
  }

  /** Of an unknown group each key is told, since each has a line, and maybe a place elsewhere. */
  private void refuse(Section section, String unknown, ConfigValue value) {
    if (value instanceof ConfigObject group && !group.isEmpty()) {
      group.forEach(
          (key, nested) -> refuse(section, unknown + "." + ConfigUtil.joinPath(key), nested));
      return;
    }
    findings.add("Unknown key " + unknown, value.origin(), remedy(section, unknown));
  }

  private String remedy(Section section, String unknown) {
    List<String> nearest = NearestKey.of(unknown, known);
    if (!nearest.isEmpty()) {
      return "Did you mean " + String.join(" or ", nearest) + "?";
    }
    String group = section.path().isEmpty() ? "" : " of " + section.path();
    return "Known keys" + group + ": " + String.join(", ", section.keys());
  }
}
