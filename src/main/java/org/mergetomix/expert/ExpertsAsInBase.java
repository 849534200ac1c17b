package org.mergetomix.expert;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mergetomix.family.PackedExperts;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.WrapperNames;

/**
 * A mixture of experts in the base's layout, of a checkpoint that has the other one. Owns the
 * checkpoint that it stands for. Safe for use by several threads.
 */
final class ExpertsAsInBase extends ForwardingCheckpoint {

  private final SortedMap<String, TensorSpec> tensors;
  private final SortedMap<String, PackedExperts.Made> made;

  private ExpertsAsInBase(
      Checkpoint stored,
      SortedMap<String, TensorSpec> tensors,
      SortedMap<String, PackedExperts.Made> made) {
    super(stored);
    this.tensors = Collections.unmodifiableSortedMap(tensors);
    this.made = made;
  }

  /** The checkpoint itself, if its experts are as the base's; it belongs to the result. */
  static Checkpoint of(Checkpoint stored, SortedMap<String, TensorSpec> base) {
    SortedMap<String, TensorSpec> bare = new TreeMap<>();
    stored.tensors().forEach((name, spec) -> bare.put(WrapperNames.takenOff(name), spec));
    SortedMap<String, PackedExperts.Made> made = new TreeMap<>();
    for (String name : base.keySet()) {
      if (!bare.containsKey(name)) {
        PackedExperts.made(name, bare).ifPresent(parts -> made.put(name, parts));
      }
    }
    if (made.isEmpty()) {
      return stored;
    }
    // What is not used up stays, so that it is found to be more than the base has.
    Map<String, Long> used = new HashMap<>();
    made.values().stream()
        .flatMap(parts -> parts.runs().stream())
        .forEach(run -> used.merge(run.tensor(), run.elements(), Long::sum));
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(stored.tensors());
    tensors.values().removeIf(spec -> used.getOrDefault(spec.name(), -1L) == spec.elements());
    made.forEach(
        (name, parts) ->
            tensors.put(
                name,
                new TensorSpec(
                    name,
                    stored.tensors().get(parts.runs().get(0).tensor()).dtype(),
                    parts.shape())));
    return new ExpertsAsInBase(stored, tensors, made);
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    PackedExperts.Made parts = made.get(tensor);
    if (parts == null) {
      stored.read(tensor, offset, destination, length);
    } else {
      parts.read(stored, offset, destination, length);
    }
  }

  @Override
  public List<Problem> warnings() {
    Problem layout =
        new Problem(
            "The experts are packed otherwise than the base's, as %s; they were read as those are"
                .formatted(TensorNames.shown(made.get(made.firstKey()).runs().get(0).tensor())),
            name(),
            "");
    return Stream.concat(stored.warnings().stream(), Stream.of(layout)).toList();
  }
}
