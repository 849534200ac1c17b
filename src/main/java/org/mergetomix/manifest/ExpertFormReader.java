package org.mergetomix.manifest;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.hocon.Section;
import org.mergetomix.manifest.ExpertForm.Extra;
import org.mergetomix.manifest.ExpertForm.Kind;
import org.mergetomix.manifest.ExpertForm.Missing;
import org.mergetomix.manifest.ExpertForm.Prefix;
import org.mergetomix.manifest.Manifest.Tie;

/** Reads what a manifest says about names and forms of checkpoints. */
final class ExpertFormReader {

  private ExpertFormReader() {}

  /** The form of a dataset's expert. */
  static ExpertForm read(Section dataset) {
    Extra extra = dataset.choice("extra", Extra.class, Extra.FAIL);
    List<String> ignored = dataset.texts("ignore");
    if (extra == Extra.FAIL && !ignored.isEmpty()) {
      dataset.problem(
          "ignore",
          dataset.pathOf("ignore") + " lists names, but extra tensors are not ignored",
          "Set extra = ignore-listed beside it");
    }
    if (extra == Extra.IGNORE_LISTED && ignored.isEmpty()) {
      dataset.problem(
          "extra",
          dataset.pathOf("extra") + " is ignore-listed, but no name is listed",
          "List the names in ignore");
    }
    return new ExpertForm(
        dataset.choice("kind", Kind.class, Kind.AUTO),
        dataset.optionalSections("prefixes").stream().map(ExpertFormReader::prefix).toList(),
        dataset.choice("missing", Missing.class, Missing.FAIL),
        extra,
        ignored);
  }

  private static Prefix prefix(Section section) {
    return new Prefix(section.textOrEmpty("from"), section.textOrEmpty("to"));
  }

  /** The pairs of names that the base ties. */
  static List<Tie> ties(Section base) {
    List<Tie> ties = new ArrayList<>();
    for (List<String> names : base.textLists("tied")) {
      if (names.size() == 2 && !names.get(0).equals(names.get(1))) {
        ties.add(new Tie(names.get(0), names.get(1)));
      } else {
        base.problem(
            "tied",
            base.pathOf("tied") + " must hold pairs of two different names, not " + names,
            "Write each pair as [\"lm_head.weight\", \"model.embed_tokens.weight\"]");
      }
    }
    return ties;
  }
}
