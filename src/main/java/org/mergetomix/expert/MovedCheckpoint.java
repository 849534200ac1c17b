package org.mergetomix.expert;

import java.util.Map;
import java.util.SortedMap;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * A base moved by a delta, as if it were a checkpoint of its own. Owns the delta, not the base.
 * Safe for use by several threads.
 */
public final class MovedCheckpoint implements Checkpoint {

  private final Checkpoint base;
  private final Delta delta;

  /** The sum of the two. */
  public MovedCheckpoint(Checkpoint base, Delta delta) {
    this.base = base;
    this.delta = delta;
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return base.tensors();
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    float[] moved = new float[length];
    base.read(tensor, offset, destination, length);
    delta.read(tensor, offset, moved, length);
    for (int i = 0; i < length; i++) {
      destination[i] += moved[i];
    }
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    base.readIntegers(tensor, offset, destination, length);
  }

  @Override
  public void close() {
    delta.close();
  }
}
