package org.mergetomix.expert;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.family.TiedNames;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/**
 * A base that has tied tensors under both of their names, as if it had each once: so a merge draws
 * one mask and makes one cut for the two. Owns the checkpoint that it stands for.
 */
public final class TiedCheckpoint extends ForwardingCheckpoint {

  private final SortedMap<String, TensorSpec> tensors;
  private final SortedMap<String, String> copies;

  private TiedCheckpoint(
      Checkpoint stored, SortedMap<String, TensorSpec> tensors, SortedMap<String, String> copies) {
    super(stored);
    this.tensors = Collections.unmodifiableSortedMap(tensors);
    this.copies = Collections.unmodifiableSortedMap(copies);
  }

  /**
   * Looks through a checkpoint, which belongs to the result from here on, or is closed at once.
   *
   * @throws UserException if the two copies of a tied tensor differ
   */
  public static TiedCheckpoint of(Checkpoint stored, List<TiedNames> tied) {
    SortedMap<String, TensorSpec> tensors = new TreeMap<>(stored.tensors());
    SortedMap<String, String> copies = new TreeMap<>();
    for (TiedNames pair : tied) {
      if (!tensors.containsKey(pair.first()) || !tensors.containsKey(pair.second())) {
        continue;
      }
      if (!TensorSamples.same(stored, pair.first(), pair.second())) {
        stored.close();
        throw UserException.input(
            "The base's tensor %s differs from %s, to which it is tied"
                .formatted(TensorNames.shown(pair.first()), TensorNames.shown(pair.second())),
            stored.name(),
            "If they are two, set tie_word_embeddings to false in config.json, or leave the pair"
                + " out of base.tied; otherwise save the base again");
      }
      tensors.remove(pair.first());
      copies.put(pair.second(), pair.first());
    }
    return new TiedCheckpoint(stored, tensors, copies);
  }

  /** The whole checkpoint; it is closed with this. */
  public Checkpoint stored() {
    return stored;
  }

  /** The second name, which is passed over, of the tensors that have one. */
  public SortedMap<String, String> copies() {
    return copies;
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public TensorReader reader(String tensor) {
    return stored.reader(tensor);
  }
}
