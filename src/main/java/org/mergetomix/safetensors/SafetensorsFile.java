package org.mergetomix.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.Refusal;
import org.mergetomix.tensor.TensorRange;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.tensor.Widening;

/**
 * A checkpoint in one safetensors file, mapped into memory: opening reads only the header, and
 * elements come from the page cache that all processes of a host share.
 *
 * <p><b>Ownership.</b> The file itself is closed before {@link #open} returns. The mapping belongs
 * to this object; {@link #close} lets go of it, and the garbage collector unmaps it once no read is
 * under way. Unmapping by force would let a concurrent read touch foreign memory, so there is no
 * such thing here. Mapped memory counts neither as heap nor as direct memory.
 *
 * <p>The file must not change while it is open: replace a file by renaming another over it, as
 * {@link SafetensorsWriter} does.
 */
public final class SafetensorsFile implements Checkpoint {

  /** How far the starts of two windows are apart; a buffer's indices are ints. */
  private static final long STRIDE = 1L << 30;

  /** Windows overlap by this, so that every element lies whole in the window it begins in. */
  private static final long OVERLAP = Long.BYTES;

  private final Path file;
  private final SortedMap<String, TensorRange> ranges;
  private final SortedMap<String, TensorSpec> tensors;
  private final Map<String, String> metadata;

  /** Empty after closing, and for a file without data. */
  private volatile List<ByteBuffer> windows;

  private volatile boolean closed;

  private SafetensorsFile(Path file, SafetensorsHeader header, List<ByteBuffer> windows) {
    this.file = file;
    this.ranges = header.ranges();
    this.metadata = header.metadata();
    this.windows = windows;
    SortedMap<String, TensorSpec> specs = new TreeMap<>();
    header.ranges().forEach((name, range) -> specs.put(name, range.spec()));
    this.tensors = Collections.unmodifiableSortedMap(specs);
  }

  /**
   * Opens a file, after checking the whole of its header against its length.
   *
   * @throws org.mergetomix.problem.UserException if it is missing, not readable, or breaks a rule
   *     of the format; names the file, the tensor and the rule
   */
  public static SafetensorsFile open(Path file) {
    FileProblems.requireRegularFile(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      SafetensorsHeader header =
          SafetensorsHeader.read(file.toString(), length, Channels.newInputStream(channel));
      return new SafetensorsFile(file, header, map(channel, header.dataStart(), length));
    } catch (IOException failure) {
      throw FileProblems.reading(file, failure);
    }
  }

  private static List<ByteBuffer> map(FileChannel channel, long dataStart, long fileLength)
      throws IOException {
    List<ByteBuffer> windows = new ArrayList<>();
    for (long start = dataStart; start < fileLength; start += STRIDE) {
      long length = Math.min(STRIDE + OVERLAP, fileLength - start);
      windows.add(channel.map(MapMode.READ_ONLY, start, length).order(ByteOrder.LITTLE_ENDIAN));
    }
    return List.copyOf(windows);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    reader(tensor).read(offset, destination, length);
  }

  @Override
  public TensorReader reader(String tensor) {
    TensorRange range = range(tensor);
    DType dtype = range.spec().dtype();
    if (!dtype.floating()) {
      throw new Refusal(name())
          .tensor(
              tensor,
              "is %s and holds no floating-point numbers".formatted(range.spec().describe()),
              "Only F64, F32, F16, BF16, F8_E4M3 and F8_E5M2 tensors can be merged");
    }
    long elements = range.spec().elements();
    int within = (int) (range.begin() % STRIDE);
    // Most tensors lie in one window, and need no new view of it for each read.
    if (dtype == DType.F32 && elements > 0 && within + range.spec().bytes() <= STRIDE) {
      FloatBuffer view =
          mapped()
              .get((int) (range.begin() / STRIDE))
              .slice(within, (int) range.spec().bytes())
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      return (offset, destination, length) -> {
        Objects.checkFromIndexSize(offset, length, elements);
        requireOpen();
        view.get((int) offset, destination, 0, length);
      };
    }
    return (offset, destination, length) -> {
      Objects.checkFromIndexSize(0, length, destination.length);
      forEachPiece(
          range,
          elements,
          offset,
          length,
          (stored, at, count) -> Widening.widen(dtype, stored, destination, at, count));
    };
  }

  @Override
  public void readIntegers(String tensor, long offset, long[] destination, int length) {
    TensorRange range = range(tensor);
    if (range.spec().dtype().floating()) {
      throw new Refusal(name())
          .tensor(
              tensor,
              "is %s and holds no whole numbers".formatted(range.spec().describe()),
              "Write it as I64 or I32");
    }
    Objects.checkFromIndexSize(0, length, destination.length);
    forEachPiece(
        range,
        range.spec().elements(),
        offset,
        length,
        (stored, at, count) ->
            Widening.widenIntegers(range.spec().dtype(), stored, destination, at, count));
  }

  /** Elements that lie in one window, and where they go. */
  @FunctionalInterface
  private interface Piece {
    void take(ByteBuffer stored, int at, int count);
  }

  private void forEachPiece(
      TensorRange range, long elements, long offset, int length, Piece piece) {
    Objects.checkFromIndexSize(offset, length, elements);
    List<ByteBuffer> mapped = mapped();
    int size = range.spec().dtype().bytes();
    int done = 0;
    while (done < length) {
      long position = range.begin() + (offset + done) * size;
      int within = (int) (position % STRIDE);
      // The elements that begin in this window.
      long left = (STRIDE - within + size - 1) / size;
      int count = (int) Math.min(length - done, left);
      piece.take(
          mapped
              .get((int) (position / STRIDE))
              .slice(within, count * size)
              .order(ByteOrder.LITTLE_ENDIAN),
          done,
          count);
      done += count;
    }
  }

  private List<ByteBuffer> mapped() {
    List<ByteBuffer> mapped = windows;
    requireOpen();
    return mapped;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Closed: " + file);
    }
  }

  private TensorRange range(String tensor) {
    TensorRange range = ranges.get(tensor);
    if (range == null) {
      throw new Refusal(name())
          .tensor(tensor, "is not in the file", "Check which model the file belongs to");
    }
    return range;
  }

  /** Lets go of the mapping. Reads that are under way end well; later ones are refused. */
  @Override
  public void close() {
    closed = true;
    windows = List.of();
  }

  @Override
  public String toString() {
    return name();
  }
}
