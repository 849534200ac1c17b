package org.mergetomix.expert;

import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/** Finds who brought a NaN or an infinity into a merge. */
public final class NonFiniteTensors {

  /** Stands for the base; no dataset's id is empty. */
  public static final String BASE = "";

  private static final int CHUNK = 2048;

  private NonFiniteTensors() {}

  /**
   * Reads tensors until one is found of each that has one. What the base has is not blamed on its
   * experts.
   *
   * @param deltas of the base, by dataset
   * @param tensors names of tensors of the base that hold floating-point numbers
   * @return what is wrong with the first such tensor of each dataset, and of the base as {@link
   *     #BASE}; mostly nothing
   */
  public static SortedMap<String, Problem> of(
      Checkpoint base, SortedMap<String, Delta> deltas, Collection<String> tensors) {
    SortedMap<String, Problem> found = new TreeMap<>();
    SortedSet<String> ofBase = new TreeSet<>();
    for (String tensor : tensors) {
      TensorSpec spec = base.tensors().get(tensor);
      if (!KnownBuffers.include(spec) && !finite(base.reader(tensor), spec.elements())) {
        ofBase.add(tensor);
      }
    }
    ofBase.stream().limit(1).forEach(tensor -> found.put(BASE, ofBase(tensor)));
    for (Map.Entry<String, Delta> delta : deltas.entrySet()) {
      tensors.stream()
          .filter(tensor -> !ofBase.contains(tensor))
          .filter(tensor -> !finite(delta.getValue(), base.tensors().get(tensor)))
          .findFirst()
          .ifPresent(tensor -> found.put(delta.getKey(), ofExpert(delta.getKey(), tensor)));
    }
    return found;
  }

  /** What to say of a tensor of the base. */
  public static Problem ofBase(String tensor) {
    return new Problem(
        "The base has NaN or infinite numbers",
        "base, tensor " + TensorNames.shown(tensor),
        "Download it again, or give another base: nothing can be merged with it");
  }

  /** What to say of a tensor of an expert. */
  public static Problem ofExpert(String dataset, String tensor) {
    return new Problem(
        "The expert has NaN or infinite numbers",
        "expert %s, tensor %s".formatted(dataset, TensorNames.shown(tensor)),
        "Fine-tune it again at a lower learning rate, or leave its dataset out");
  }

  /** Whether every number of an array's beginning is one. */
  public static boolean finite(float[] numbers, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(numbers[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean finite(Delta delta, TensorSpec tensor) {
    return KnownBuffers.include(tensor) || finite(delta.reader(tensor.name()), tensor.elements());
  }

  private static boolean finite(TensorReader reader, long elements) {
    float[] chunk = new float[CHUNK];
    for (long offset = 0; offset < elements; offset += CHUNK) {
      int length = (int) Math.min(CHUNK, elements - offset);
      reader.read(offset, chunk, length);
      if (!finite(chunk, length)) {
        return false;
      }
    }
    return true;
  }
}
