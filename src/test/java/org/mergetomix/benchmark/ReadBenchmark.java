package org.mergetomix.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reading a checkpoint of 100 M elements that is in the page cache, widened to float32.
 *
 * <p>Compare {@code widen} of F32 with {@code readFile}, a plain read of the same file; of the
 * others with {@code copy}, a plain copy of the same number of float32 elements in memory. The
 * bytes that each moves are in its comment: the share of the copy's bandwidth is {@code (2 + 4) / 8
 * x copy time / widen time} for BF16 and F16.
 *
 * <pre>mvn -q test-compile exec:exec@benchmark -Dheap=4g -Dargs="ReadBenchmark"</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {

  /** As a merger reads. */
  private static final int CHUNK = 2048;

  /** The stored type. */
  @Param({"F32", "BF16", "F16"})
  public String stored;

  private Path file;
  private Checkpoint checkpoint;
  private FloatBuffer from;
  private FloatBuffer to;
  private final float[] chunk = new float[CHUNK];

  /** Writes the checkpoint, once. */
  @Setup
  public void open() {
    DType dtype = DType.valueOf(stored);
    file = SyntheticModel.checkpoint("read", SyntheticModel.tensors(dtype, 10, 2441), Map.of());
    checkpoint = SafetensorsFile.open(file);
    int elements =
        Math.toIntExact(
            checkpoint.tensors().values().stream().mapToLong(TensorSpec::elements).sum());
    from = allocate(elements);
    to = allocate(elements);
  }

  /** Closes the checkpoint. */
  @TearDown
  public void close() {
    checkpoint.close();
  }

  /** Moves each float32 element twice: read and written. */
  @Benchmark
  public void copy() {
    to.put(0, from, 0, from.capacity());
  }

  /** Moves each stored element once into a small buffer. */
  @Benchmark
  public long readFile() throws IOException {
    long bytes = 0;
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    try (FileChannel channel = FileChannel.open(file)) {
      for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer)) {
        bytes += read;
        buffer.clear();
      }
    }
    return bytes;
  }

  /** Moves each stored element once, and each float32 element once into a small array. */
  @Benchmark
  public float widen() {
    for (TensorSpec tensor : checkpoint.tensors().values()) {
      TensorReader reader = checkpoint.reader(tensor.name());
      for (long offset = 0; offset < tensor.elements(); offset += CHUNK) {
        reader.read(offset, chunk, (int) Math.min(CHUNK, tensor.elements() - offset));
      }
    }
    return chunk[0];
  }

  private static FloatBuffer allocate(int elements) {
    return ByteBuffer.allocateDirect(elements * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
