package org.mergetomix.expert;

import java.util.List;
import java.util.Map;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;

/**
 * A checkpoint seen otherwise than it is stored; what is not seen otherwise is as stored. Owns the
 * stored one.
 */
abstract class ForwardingCheckpoint implements Checkpoint {

  final Checkpoint stored;

  ForwardingCheckpoint(Checkpoint stored) {
    this.stored = stored;
  }

  @Override
  public final String name() {
    return stored.name();
  }

  @Override
  public final Map<String, String> metadata() {
    return stored.metadata();
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    stored.read(tensor, offset, destination, length);
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    stored.readIntegers(tensor, offset, destination, length);
  }

  @Override
  public List<Problem> warnings() {
    return stored.warnings();
  }

  @Override
  public final void close() {
    stored.close();
  }
}
