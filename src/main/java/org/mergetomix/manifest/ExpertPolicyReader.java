package org.mergetomix.manifest;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.ExpertPolicy.Extra;
import org.mergetomix.expert.ExpertPolicy.Missing;
import org.mergetomix.expert.ExpertPolicy.Vocabulary;
import org.mergetomix.expert.PrefixMapping;
import org.mergetomix.family.TiedNames;
import org.mergetomix.hocon.Section;
import org.mergetomix.tensor.WrapperNames;

/** Reads what a manifest says about names and forms of checkpoints. */
final class ExpertPolicyReader {

  private ExpertPolicyReader() {}

  /** What to make of a dataset's expert, whose base ties some names. */
  static ExpertPolicy read(Section dataset, List<TiedNames> tied) {
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
    ExpertPolicy policy =
        new ExpertPolicy(
            dataset.choice("kind", ExpertKind.class, ExpertKind.AUTO),
            dataset.optionalSections("prefixes").stream().map(ExpertPolicyReader::prefix).toList(),
            dataset.choice("missing", Missing.class, Missing.FAIL),
            extra,
            ignored,
            tied);
    return policy.vocabulary(dataset.choice("vocabulary", Vocabulary.class, Vocabulary.FAIL));
  }

  private static PrefixMapping prefix(Section section) {
    return new PrefixMapping(section.textOrEmpty("from"), section.textOrEmpty("to"));
  }

  /** The pairs of names that the base ties. */
  static List<TiedNames> ties(Section base) {
    List<TiedNames> ties = new ArrayList<>();
    for (List<String> names : base.textLists("tied")) {
      List<String> bare = names.stream().map(WrapperNames::takenOff).toList();
      if (bare.size() == 2 && !bare.get(0).equals(bare.get(1))) {
        ties.add(new TiedNames(bare.get(0), bare.get(1)));
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
