package org.mergetomix.benchmark;

import java.util.Map;
import java.util.SortedMap;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/** A checkpoint that counts the bytes that are read of it. One thread. */
final class CountedCheckpoint implements Checkpoint {

  private final Checkpoint checkpoint;
  private long bytesRead;

  CountedCheckpoint(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /** As stored, since the beginning. */
  long bytesRead() {
    return bytesRead;
  }

  /** Of all tensors, as stored. */
  long bytes() {
    return tensors().values().stream().mapToLong(TensorSpec::bytes).sum();
  }

  @Override
  public String name() {
    return checkpoint.name();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return checkpoint.tensors();
  }

  @Override
  public Map<String, String> metadata() {
    return checkpoint.metadata();
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    reader(tensor).read(offset, destination, length);
  }

  @Override
  public TensorReader reader(String tensor) {
    TensorReader reader = checkpoint.reader(tensor);
    int size = tensors().get(tensor).dtype().bytes();
    return (offset, destination, length) -> {
      reader.read(offset, destination, length);
      bytesRead += (long) size * length;
    };
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    checkpoint.readIntegers(tensor, offset, destination, length);
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
