package org.mergetomix.expert;

import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/**
 * An expert that is given as its delta: a checkpoint with the base's names and shapes whose
 * elements are fine-tuned minus base, floating where the base is. Tensors of whole numbers are not
 * read.
 */
public final class StoredDelta extends CheckpointDelta {

  private final TensorPairing pairing;

  private StoredDelta(Checkpoint base, Checkpoint stored, TensorPairing pairing) {
    super(base, stored, pairing.remarks());
    this.pairing = pairing;
  }

  /**
   * Pairs a stored delta with the base. It belongs to the result from here on, and is closed with
   * it or at once if it does not match; the base stays the caller's.
   *
   * @param contents what can be compared between the two now
   * @throws UserException with every tensor that is missing, extra or differs in shape
   */
  public static StoredDelta of(
      Checkpoint base,
      Checkpoint stored,
      String expertName,
      ExpertPolicy policy,
      Contents contents) {
    return owning(
        stored,
        () ->
            new StoredDelta(
                base, stored, TensorPairing.of(base, stored, expertName, policy, contents)));
  }

  @Override
  public TensorReader reader(String tensor) {
    TensorSpec spec = ZeroDelta.requireFloating(base, tensor);
    return pairing.source(tensor).map(stored::reader).orElseGet(() -> ZeroDelta.reader(spec));
  }
}
