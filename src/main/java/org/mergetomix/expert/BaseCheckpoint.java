package org.mergetomix.expert;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.mergetomix.family.KnownBuffers;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.WrapperNames;

/**
 * A base under the names that its model has, without what wrappers put into them; so it is merged,
 * computed and exported. Owns the checkpoint that it stands for. Safe for use by several threads.
 */
public final class BaseCheckpoint extends ForwardingCheckpoint {

  /** The stored name of each tensor. */
  private final SortedMap<String, String> names;

  private final SortedMap<String, TensorSpec> tensors;

  private BaseCheckpoint(Checkpoint stored, SortedMap<String, String> names) {
    super(stored);
    this.names = names;
    SortedMap<String, TensorSpec> bare = new TreeMap<>();
    names.forEach(
        (name, of) -> {
          TensorSpec spec = stored.tensors().get(of);
          bare.put(name, new TensorSpec(name, spec.dtype(), spec.shape()));
        });
    this.tensors = Collections.unmodifiableSortedMap(bare);
  }

  /**
   * Opens a base, as {@link Checkpoints#open} does a checkpoint.
   *
   * @throws org.mergetomix.problem.UserException as that does
   */
  public static BaseCheckpoint open(Path path) {
    Checkpoint stored = Checkpoints.open(path);
    return new BaseCheckpoint(stored, names(stored.tensors().keySet()));
  }

  /** Each name without wrappers, unless two of them would be one, or nothing is left of one. */
  private static SortedMap<String, String> names(Set<String> stored) {
    SortedMap<String, String> bare = new TreeMap<>();
    stored.forEach(name -> bare.put(WrapperNames.takenOff(name), name));
    if (bare.size() < stored.size() || bare.containsKey("")) {
      bare.clear();
      stored.forEach(name -> bare.put(name, name));
    }
    return bare;
  }

  /** Whether a wrapper's part was taken off any name. */
  public boolean wrapped() {
    return !names.keySet().equals(new HashSet<>(names.values()));
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    stored.read(stored(tensor), offset, destination, length);
  }

  @Override
  public TensorReader reader(String tensor) {
    return stored.reader(stored(tensor));
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    stored.readIntegers(stored(tensor), offset, destination, length);
  }

  private String stored(String tensor) {
    return names.getOrDefault(tensor, tensor);
  }

  @Override
  public List<Problem> warnings() {
    NameRemarks remarks = new NameRemarks("base " + name());
    names.forEach((name, of) -> remarks.renamed(of, name));
    List<Problem> buffers =
        tensors.values().stream()
            .filter(KnownBuffers::include)
            .limit(1)
            .map(
                first ->
                    new Problem(
                        "Some tensors are buffers and no weights, as %s; exports have them as they"
                                .formatted(TensorNames.shown(first.name()))
                            + " are",
                        "base " + name(),
                        ""))
            .toList();
    return Stream.of(stored.warnings(), remarks.problems(), buffers).flatMap(List::stream).toList();
  }
}
