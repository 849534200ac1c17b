package org.mergetomix.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.mergetomix.merge.SurrogateTarget;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.FileLayout;
import org.mergetomix.safetensors.StoredElements;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSpec;

/**
 * A safetensors file in shared memory, whose elements are overwritten in place: the surrogate as a
 * worker reads it, in the base's types. It stays usable when its name is gone. One thread.
 *
 * <p>It is written with system calls, not through a mapping: where memory is full, that is an error
 * and not a signal. All of it is written once at the beginning, so that it is full then or never.
 */
public final class SharedFileTarget implements SurrogateTarget {

  private static final int PIECE = 1 << 20;
  private static final int CHUNK = 1 << 14;

  /** A surrogate has the base's types. */
  private static final String OVERFLOW =
      "Store the base as BF16 or F32, lower merge.lambda, or leave out an expert that moved far:"
          + " check --deep says which";

  /** Bytes of those that are open in this process, by the file system's folder. */
  private static final Map<Path, Long> HELD = new ConcurrentHashMap<>();

  private final FileChannel channel;
  private final Path file;
  private final StoredElements elements;
  private final SortedMap<String, TensorSpec> tensors;
  private final SortedMap<String, String> copies;
  private final FileLayout layout;
  private final long begin;
  private final Checkpoint base;
  private boolean isBase = true;
  private SortedMap<String, Double> scalars = Collections.emptySortedMap();
  private long beside;
  private long state;
  private String digest = "";

  private SharedFileTarget(
      FileChannel channel, Path file, Checkpoint base, SortedMap<String, String> copies) {
    SortedMap<String, TensorSpec> tensors = base.tensors();
    this.channel = channel;
    this.file = file;
    this.base = base;
    this.elements = new StoredElements(channel, "the surrogate in shared memory", OVERFLOW);
    this.tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    this.copies = copies;
    this.layout = FileLayout.of(tensors, Map.of("format", "pt"));
    this.begin = (layout.header().length + BodyDigest.ROW - 1L) / BodyDigest.ROW * BodyDigest.ROW;
  }

  /**
   * Makes the file, which is the base at first.
   *
   * @param file a new one in shared memory
   * @param base what is overwritten: tensors of two tied names are there once. It is open as long
   *     as anything is {@link #scaling scaled}
   * @param copies the second name, by which a checkpoint may have them too
   * @throws UserException if there is no room
   */
  public static SharedFileTarget create(
      Path file, Checkpoint base, SortedMap<String, String> copies) {
    FileChannel channel = opened(file);
    try {
      SharedFileTarget target = new SharedFileTarget(channel, file, base, copies);
      target.writing(() -> target.elements.writeHeader(target.header()));
      target.copyBase();
      HELD.merge(target.memory(), target.size(), Long::sum);
      return target;
    } catch (RuntimeException | Error failure) {
      Closing.after(failure, channel);
      throw failure;
    }
  }

  private static FileChannel opened(Path file) {
    try {
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException failure) {
      throw full("The surrogate", file, failure);
    }
  }

  /** How large such a file is, in bytes. */
  public static long bytes(SortedMap<String, TensorSpec> tensors) {
    return FileLayout.of(tensors, Map.of("format", "pt")).bytes() + BodyDigest.ROW;
  }

  /**
   * Bytes that the open ones of this process take of a folder's memory. Another search of this
   * process has them again: it works with the same, or closes them first.
   *
   * @param folder where folders of such files are made
   */
  public static long held(Path folder) {
    return HELD.getOrDefault(folder.toAbsolutePath(), 0L);
  }

  private Path memory() {
    return file.toAbsolutePath().getParent().getParent();
  }

  private long size() {
    return layout.bytes() - layout.header().length + begin + beside;
  }

  /** Counts what its worker has in that memory for as long as this is open. */
  void holdBeside(long bytes) {
    beside += bytes;
    HELD.merge(memory(), bytes, Long::sum);
  }

  /** With spaces, so that the elements begin at a page. */
  private byte[] header() {
    byte[] header = layout.header();
    byte[] padded = Arrays.copyOf(header, (int) begin);
    Arrays.fill(padded, header.length, padded.length, (byte) ' ');
    ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).putLong(0, begin - Long.BYTES);
    return padded;
  }

  private long position(TensorSpec tensor, long offset) {
    return layout.position(tensor, offset) - layout.header().length + begin;
  }

  /** Where it is, or was. */
  Path file() {
    return file;
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public void write(String tensor, long offset, float[] source, int length) {
    TensorSpec spec = tensors.get(tensor);
    overwritten();
    writing(() -> elements.write(spec, position(spec, offset), source, length));
  }

  @Override
  public void fill(Checkpoint checkpoint, String name) {
    UserException.inputIfAny(mismatches(checkpoint, name));
    overwritten();
    tensors.forEach((tensor, spec) -> copy(checkpoint, nameIn(checkpoint, tensor), spec));
  }

  /**
   * Makes it the base to which a worker adds what it holds of the experts. Nothing is written, but
   * where the file is another model by now.
   *
   * @param scalars what the experts' addends are multiplied by, by dataset; 0 for the others
   */
  void scaling(SortedMap<String, Double> scalars) {
    if (!isBase) {
      copyBase();
    }
    this.scalars = Collections.unmodifiableSortedMap(new TreeMap<>(scalars));
  }

  /** As {@link #scaling} said last, if nothing was written since. */
  SortedMap<String, Double> scalars() {
    return scalars;
  }

  private void overwritten() {
    isBase = false;
    scalars = Collections.emptySortedMap();
    digest = "";
  }

  private void copyBase() {
    digest = "";
    tensors.values().forEach(tensor -> copy(base, tensor.name(), tensor));
    isBase = true;
  }

  private String nameIn(Checkpoint checkpoint, String tensor) {
    return checkpoint.tensors().containsKey(tensor) ? tensor : copies.getOrDefault(tensor, tensor);
  }

  private List<Problem> mismatches(Checkpoint checkpoint, String name) {
    List<Problem> problems = new ArrayList<>();
    tensors.forEach(
        (tensor, spec) -> {
          TensorSpec found = checkpoint.tensors().get(nameIn(checkpoint, tensor));
          if (found == null || !found.shape().equals(spec.shape())) {
            problems.add(
                new Problem(
                    "The tensor %s %s"
                        .formatted(
                            TensorNames.shown(tensor),
                            found == null
                                ? "is missing"
                                : "has shape %s, but the base's has %s"
                                    .formatted(found.shape(), spec.shape())),
                    name,
                    "Give a model that was fine-tuned from the base"));
          }
        });
    for (String extra : checkpoint.tensors().keySet()) {
      if (!tensors.containsKey(extra) && !copies.containsValue(extra)) {
        problems.add(
            new Problem(
                "The base has no tensor " + TensorNames.shown(extra),
                name,
                "Give a model that was fine-tuned from the base"));
      }
    }
    return problems;
  }

  private void copy(Checkpoint from, String name, TensorSpec to) {
    boolean floating = to.dtype().floating();
    float[] floats = new float[floating ? CHUNK : 0];
    long[] integers = new long[floating ? 0 : CHUNK];
    for (long offset = 0; offset < to.elements(); offset += CHUNK) {
      int length = (int) Math.min(CHUNK, to.elements() - offset);
      long at = position(to, offset);
      if (floating) {
        from.read(name, offset, floats, length);
        writing(() -> elements.write(to, at, floats, length));
      } else {
        from.readIntegers(name, offset, integers, length);
        writing(() -> elements.write(to, at, integers, length));
      }
    }
  }

  /** Which contents it has by now, and their digest. */
  record Contents(long state, String digest) {}

  /** What it holds; reads it once after it was written. */
  Contents contents() {
    if (digest.isEmpty()) {
      state++;
      digest = computed();
    }
    return new Contents(state, digest);
  }

  private String computed() {
    BodyDigest sums = new BodyDigest();
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    try {
      long end = channel.size();
      for (long at = begin; at < end; at += PIECE) {
        piece.clear().limit((int) Math.min(PIECE, end - at));
        for (int read = 0; piece.hasRemaining() && read >= 0; ) {
          read = channel.read(piece, at + piece.position());
        }
        sums.add(piece.flip());
      }
    } catch (IOException failure) {
      throw full("The surrogate", file, failure);
    }
    return sums.text();
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void writing(Writing work) {
    try {
      work.run();
    } catch (IOException failure) {
      throw full("The surrogate", file, failure);
    }
  }

  /**
   * What a failure in shared memory means.
   *
   * @param what cannot be written
   * @param file where to, in a folder of that memory
   */
  static UserException full(String what, Path file, IOException failure) {
    return UserException.input(
        what + " cannot be written into shared memory: " + failure.getMessage(),
        String.valueOf(file.getParent().getParent()),
        "Give executors more of it (a container has 64 MB where nothing is said), or set"
            + " worker.shared-memory to another folder",
        failure);
  }

  @Override
  public void close() {
    try {
      if (channel.isOpen()) {
        channel.close();
        HELD.merge(memory(), -size(), Long::sum);
      }
    } catch (IOException failure) {
      throw full("The surrogate", file, failure);
    }
  }
}
