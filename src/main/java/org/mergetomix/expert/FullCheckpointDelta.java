package org.mergetomix.expert;

import java.util.NavigableSet;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.WrapperNames;

/** The delta of an expert that is given as a full checkpoint: expert minus base, while reading. */
public final class FullCheckpointDelta extends CheckpointDelta {

  private static final int CHUNK = 2048;

  private final TensorPairing pairing;

  private FullCheckpointDelta(Checkpoint base, Checkpoint expert, TensorPairing pairing) {
    super(base, expert, pairing.remarks());
    this.pairing = pairing;
  }

  /**
   * Pairs an expert with the base.
   *
   * <p>The expert belongs to the delta from here on and is closed with it, or at once if it does
   * not match. The base stays the caller's, and must be open as long as the delta is read.
   *
   * @param expertName how the expert is named in messages
   * @param policy what to make of names and of tensors that do not pair
   * @param contents what can be compared between the two now
   * @throws UserException with every tensor that is missing, extra or differs in shape, and whole
   *     numbers that differ; stored types may differ as long as both or neither are floating
   */
  public static FullCheckpointDelta of(
      Checkpoint base,
      Checkpoint expert,
      String expertName,
      ExpertPolicy policy,
      Contents contents) {
    return owning(
        expert,
        () ->
            new FullCheckpointDelta(
                base, expert, TensorPairing.of(base, expert, expertName, policy, contents)));
  }

  /** Whether tensors are called as in the base, without what wrappers put into names. */
  public boolean namedAsBase() {
    return !(stored instanceof ExpertsAsInBase || stored instanceof TokensAsInBase)
        && pairing.sources().entrySet().stream()
            .allMatch(
                pair -> WrapperNames.in(pair.getKey()).equals(WrapperNames.in(pair.getValue())));
  }

  @Override
  public TensorReader reader(String tensor) {
    TensorSpec spec = ZeroDelta.requireFloating(base, tensor);
    return pairing
        .source(tensor)
        .map(source -> difference(stored.reader(source), base.reader(tensor)))
        .orElseGet(() -> ZeroDelta.reader(spec));
  }

  @Override
  public NavigableSet<Long> absentRows(String tensor) {
    return TokensAsInBase.absent(stored, tensor);
  }

  static TensorReader difference(TensorReader expert, TensorReader base) {
    float[] start = new float[CHUNK];
    return (offset, destination, length) -> {
      expert.read(offset, destination, length);
      for (int done = 0; done < length; done += start.length) {
        int count = Math.min(start.length, length - done);
        base.read(offset + done, start, count);
        subtract(destination, done, start, count);
      }
    };
  }

  private static void subtract(float[] from, int at, float[] what, int length) {
    for (int i = 0; i < length; i++) {
      from[at + i] -= what[i];
    }
  }
}
