package org.mergetomix.expert;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.family.VocabularyTables;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Which tensor of an expert belongs to which of the base, by names, prefixes and ties.
 *
 * @param sources the expert's name for each name of the base; a name that is not in it has no delta
 * @param remarks what was made of names without being asked
 */
record TensorPairing(SortedMap<String, String> sources, List<Problem> remarks) {

  /** How to go on with rows that only one has. */
  static String otherRows(TensorSpec base) {
    return VocabularyTables.include(base)
        ? "If the rows are tokens that fine-tuning added, set vocabulary = base for the dataset to"
            + " leave them out; or write a base that has them with merge-to-mix vocabulary, give"
            + " that, and set vocabulary = union"
        : "If the rows are a vocabulary, fine-tune with the base's tokenizer and without resizing"
            + " the embeddings";
  }

  TensorPairing {
    sources = Collections.unmodifiableSortedMap(sources);
    remarks = List.copyOf(remarks);
  }

  /**
   * Pairs an expert that has tensors like the base's.
   *
   * @param policy of a kind that is found out
   * @param contents what can be compared between the two
   * @throws UserException with every tensor that is missing, extra or differs in shape, and whole
   *     numbers that differ; stored types may differ as long as both or neither are floating
   */
  static TensorPairing of(
      Checkpoint base,
      Checkpoint expert,
      String expertName,
      ExpertPolicy policy,
      Contents contents) {
    Pairing pairing = new Pairing(base, expert, expertName, policy, contents);
    pairing.nameExtras();
    pairing.pair();
    pairing.complaints.refuseIfAny();
    return new TensorPairing(pairing.sources, pairing.remarks.problems());
  }

  Optional<String> source(String baseName) {
    return Optional.ofNullable(sources.get(baseName));
  }

  private static final class Pairing {

    private final Checkpoint whole;
    private final SortedMap<String, TensorSpec> base;
    private final Checkpoint expert;
    private final ExpertPolicy policy;
    private final Contents contents;
    private final Complaints complaints;
    private final NameRemarks remarks;
    private final SortedMap<String, String> named = new TreeMap<>();
    private final SortedMap<String, String> sources = new TreeMap<>();

    /** The base's names of what is there, but listed. */
    private final Set<String> passedOver = new TreeSet<>();

    Pairing(
        Checkpoint base,
        Checkpoint expert,
        String expertName,
        ExpertPolicy policy,
        Contents contents) {
      this.whole = base;
      this.base = base.tensors();
      this.expert = expert;
      this.policy = policy;
      this.contents = contents;
      this.complaints = new Complaints("expert " + expertName);
      this.remarks = new NameRemarks("expert " + expertName);
    }

    /** Gives the expert's tensors the base's names, and looks at those that the base lacks. */
    void nameExtras() {
      for (TensorSpec tensor : expert.tensors().values()) {
        String name = tensor.name();
        if (policy.isBuffer(tensor)) {
          remarks.buffer(name);
          continue;
        }
        String renamed = policy.baseName(name, base);
        if (passedOver(name, renamed)) {
          continue;
        }
        if (base.containsKey(renamed)) {
          remarks.renamed(name, renamed);
        }
        String other = named.putIfAbsent(renamed, name);
        if (other != null) {
          complaints.addTensor(
              "The expert's tensors %s and %s both become %s"
                  .formatted(
                      TensorNames.shown(other),
                      TensorNames.shown(name),
                      TensorNames.shown(renamed)),
              name,
              "Give each its own name with prefixes");
        }
      }
      named.forEach(
          (renamed, name) -> {
            if (!base.containsKey(renamed)) {
              lookAtExtra(renamed, name);
            }
          });
    }

    /** What is listed is passed over where it is no weight of the base. */
    private boolean passedOver(String name, String renamed) {
      TensorSpec inBase = base.get(renamed);
      boolean over = (inBase == null || !inBase.dtype().floating()) && policy.ignores(name);
      if (over) {
        passedOver.add(renamed);
      }
      return over;
    }

    private void lookAtExtra(String renamed, String name) {
      Optional<String> partner = policy.partner(renamed).filter(other -> base.containsKey(other));
      if (partner.isEmpty()) {
        complaints.addTensor(
            "The base lacks a tensor that the expert has as "
                + expert.tensors().get(name).describe(),
            name,
            "Fine-tune the expert from this base, and save it under the base's names; or map names"
                + " with prefixes, and list what is no weight under ignore, with extra ="
                + " ignore-listed");
        return;
      }
      String twin = named.get(partner.get());
      if (twin != null && !TensorSamples.same(expert, name, twin)) {
        complaints.addTensor(
            "The expert's tensor differs from %s, to which it is tied in the base"
                .formatted(TensorNames.shown(twin)),
            name,
            "Fine-tune the expert with tied weights, or give a base that has both tensors");
      }
    }

    void pair() {
      base.forEach(
          (name, expected) -> {
            Optional<String> source =
                Optional.ofNullable(named.get(name))
                    .or(() -> policy.partner(name).map(other -> named.get(other)));
            if (source.isPresent()) {
              compare(name, expected, expert.tensors().get(source.get()));
              sources.put(name, source.get());
            } else if (policy.missing() == ExpertPolicy.Missing.FAIL && needed(expected)) {
              complaints.addTensor(
                  "The expert lacks a tensor that the base has as " + expected.describe(),
                  name,
                  "Save all parameters of the fine-tuned model, under the base's names; or map"
                      + " names with prefixes, or set missing = base to take the base's");
            }
          });
    }

    /** A delta has nothing to say about whole numbers, and nobody about what is no weight. */
    private boolean needed(TensorSpec expected) {
      boolean told = expected.dtype().floating() || policy.kind() != ExpertKind.DELTA;
      return told && !policy.isBuffer(expected) && !passedOver.contains(expected.name());
    }

    /** A delta has none, and what holds only headers shows none. */
    private void compareWholeNumbers(TensorSpec expected, TensorSpec found) {
      boolean compared =
          contents == Contents.WHOLE
              && policy.kind() == ExpertKind.FULL
              && !expected.dtype().floating();
      if (compared && !TensorSamples.same(whole, expected.name(), expert, found.name())) {
        complaints.addTensor(
            "The expert's %s differs from the base's, and whole numbers cannot be averaged"
                .formatted(found.describe()),
            found.name(),
            "If it is a quantised weight, give base and expert as they were before; if it is none,"
                + " list it under ignore, with extra = ignore-listed, to take the base's");
      }
    }

    private void compare(String name, TensorSpec expected, TensorSpec found) {
      if (expected.shape().equals(found.shape())
          && expected.dtype().floating() == found.dtype().floating()) {
        compareWholeNumbers(expected, found);
        return;
      }
      Optional<String> rows = rows(expected, found);
      complaints.addTensor(
          "Expected %s as in the base, found %s%s"
              .formatted(
                  expected.describe(), found.describe(), rows.map(text -> ": " + text).orElse("")),
          name,
          rows.isPresent()
              ? otherRows(expected)
              : "Fine-tune the expert from this base, and keep its shapes and kinds of numbers");
    }
  }

  /** Which rows only one of two tables has, if they differ in nothing else. */
  static Optional<String> rows(TensorSpec base, TensorSpec expert) {
    int rank = base.shape().size();
    if (rank < 2
        || rank != expert.shape().size()
        || !base.shape().subList(1, rank).equals(expert.shape().subList(1, rank))) {
      return Optional.empty();
    }
    long ofBase = base.shape().get(0);
    long ofExpert = expert.shape().get(0);
    if (ofBase == ofExpert) {
      return Optional.empty();
    }
    return Optional.of(
        "rows %s to %s exist only in the %s"
            .formatted(
                Math.min(ofBase, ofExpert),
                Math.max(ofBase, ofExpert) - 1,
                ofBase > ofExpert ? "base" : "expert"));
  }
}
