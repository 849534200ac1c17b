package org.mergetomix.expert;

import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/** A delta that is read from one checkpoint, which it owns, beside the base, which it does not. */
abstract class CheckpointDelta implements Delta {

  final Checkpoint base;
  final Checkpoint stored;

  private final List<Problem> warnings;

  CheckpointDelta(Checkpoint base, Checkpoint stored, List<Problem> remarks) {
    this.base = base;
    this.stored = stored;
    this.warnings = Stream.concat(stored.warnings().stream(), remarks.stream()).toList();
  }

  /** Makes a delta that owns a checkpoint, which is closed if that fails. */
  static <D extends CheckpointDelta> D owning(Checkpoint stored, Supplier<D> pairing) {
    try {
      return pairing.get();
    } catch (RuntimeException | Error failure) {
      stored.close();
      throw failure;
    }
  }

  @Override
  public final SortedMap<String, TensorSpec> tensors() {
    return base.tensors();
  }

  /** A kind of delta says how it is read either here or by its {@link #reader}. */
  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    reader(tensor).read(offset, destination, length);
  }

  @Override
  public final List<Problem> warnings() {
    return warnings;
  }

  /** Closes what was given for the expert, not the base. */
  @Override
  public final void close() {
    stored.close();
  }
}
