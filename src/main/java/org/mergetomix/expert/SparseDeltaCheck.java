package org.mergetomix.expert;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Complaints;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * Looks at every tensor of a sparse delta before any is used: a file that somebody else wrote is
 * not trusted to keep to the layout.
 */
final class SparseDeltaCheck {

  private final Checkpoint base;
  private final Checkpoint stored;
  private final ExpertPolicy policy;
  private final Complaints complaints;

  SparseDeltaCheck(Checkpoint base, Checkpoint stored, ExpertPolicy policy, String expertName) {
    this.base = base;
    this.stored = stored;
    this.policy = policy;
    this.complaints = new Complaints("expert " + expertName);
  }

  /**
   * The expert's name, without an ending, for each name of the base.
   *
   * @throws org.mergetomix.problem.UserException with everything that is wrong
   */
  SortedMap<String, String> sources() {
    SortedMap<String, String> sources = new TreeMap<>();
    for (String stem : stems()) {
      String name = policy.baseName(stem, base.tensors());
      if (!base.tensors().containsKey(name)
          && (policy.ignores(stem) || policy.layers().isBuffer(stem))) {
        continue;
      }
      String target =
          base.tensors().containsKey(name)
              ? name
              : policy.partner(name).filter(other -> base.tensors().containsKey(other)).orElse("");
      if (target.isEmpty()) {
        complain(stem, "The base lacks a tensor that the sparse delta changes", "prefixes");
      } else if (sources.putIfAbsent(target, stem) != null) {
        complain(
            stem,
            "The sparse delta changes %s a second time".formatted(TensorNames.shown(target)),
            "tied names and prefixes");
      } else if (fits(stem, base.tensors().get(target))) {
        requireInOrder(stem, base.tensors().get(target).elements());
      }
    }
    complaints.refuseIfAny();
    return sources;
  }

  /** The names of what changed; each must have indices and values. */
  private SortedSet<String> stems() {
    SortedSet<String> stems = new TreeSet<>();
    List<String> incomplete = new ArrayList<>();
    for (String name : stored.tensors().keySet()) {
      if (name.endsWith(SparseDelta.INDICES)) {
        stems.add(name.substring(0, name.length() - SparseDelta.INDICES.length()));
      } else if (name.endsWith(SparseDelta.VALUES)) {
        stems.add(name.substring(0, name.length() - SparseDelta.VALUES.length()));
      } else if (!policy.ignores(name)) {
        complain(name, "A sparse delta holds only tensors that end with .indices or .values", "");
      }
    }
    for (String stem : stems) {
      for (String ending : List.of(SparseDelta.INDICES, SparseDelta.VALUES)) {
        if (!stored.tensors().containsKey(stem + ending)) {
          complain(stem, "The sparse delta has no " + TensorNames.shown(stem) + ending, "");
          incomplete.add(stem);
        }
      }
    }
    stems.removeAll(incomplete);
    return stems;
  }

  private boolean fits(String stem, TensorSpec changed) {
    TensorSpec indices = stored.tensors().get(stem + SparseDelta.INDICES);
    TensorSpec values = stored.tensors().get(stem + SparseDelta.VALUES);
    if (indices.dtype() != DType.I64 && indices.dtype() != DType.I32) {
      complain(stem, "The indices are %s, not I64 or I32".formatted(indices.describe()), "");
    } else if (!values.dtype().floating()) {
      complain(stem, "The values are %s, not floating".formatted(values.describe()), "");
    } else if (indices.shape().size() != 1 || !indices.shape().equals(values.shape())) {
      complain(
          stem,
          "Indices and values must have one dimension and the same length, but have %s and %s"
              .formatted(indices.shape(), values.shape()),
          "");
    } else if (!changed.dtype().floating()) {
      complain(stem, "The base's tensor is %s, not floating".formatted(changed.describe()), "");
    } else if (indices.elements() > changed.elements()) {
      complain(
          stem,
          "There are %s indices, but the base's tensor has only %s elements"
              .formatted(indices.elements(), changed.elements()),
          "");
    } else {
      return true;
    }
    return false;
  }

  private void requireInOrder(String stem, long elements) {
    long count = stored.tensors().get(stem + SparseDelta.INDICES).elements();
    long before = -1;
    long[] chunk = new long[(int) Math.min(SparseDelta.CHUNK, count)];
    for (long offset = 0; offset < count; offset += SparseDelta.CHUNK) {
      int length = (int) Math.min(SparseDelta.CHUNK, count - offset);
      stored.readIntegers(stem + SparseDelta.INDICES, offset, chunk, length);
      for (int i = 0; i < length; i++) {
        if (chunk[i] < 0 || chunk[i] >= elements) {
          complain(
              stem,
              "Index %s, at place %s, is outside of the base's tensor with %s elements"
                  .formatted(chunk[i], offset + i, elements),
              "");
          return;
        }
        if (chunk[i] <= before) {
          complain(
              stem,
              "Index %s, at place %s, does not come after %s: indices must ascend"
                  .formatted(chunk[i], offset + i, before),
              "");
          return;
        }
        before = chunk[i];
      }
    }
  }

  private void complain(String tensor, String what, String keys) {
    complaints.addTensor(
        what,
        tensor,
        keys.isEmpty()
            ? "Write the sparse delta again in the documented layout"
            : "Write it for this base, or correct %s in the manifest".formatted(keys));
  }
}
