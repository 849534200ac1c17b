package org.mergetomix.cache;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.location.Location;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.SafetensorsFile;

/**
 * Local stand-ins for remote checkpoints of which only the headers are wanted: files of the same
 * names and lengths that hold what describes the tensors, and a hole where the tensors are. The
 * readers that judge whole checkpoints judge them just the same. A sparse delta is copied whole,
 * for its indices describe it. Safe for use by several threads.
 */
final class HeaderCopies implements AutoCloseable {

  /** Longest header of a safetensors file; a reader refuses longer ones. */
  private static final long LONGEST_HEADER = 100_000_000;

  /** Longest JSON text that is copied whole; a reader refuses longer ones. */
  private static final long LONGEST_TEXT = 100_000_000;

  private static final int PIECE = 1 << 20;

  private final RemoteStore store;
  private final Path folder;
  private int number;

  HeaderCopies(RemoteStore store) throws IOException {
    this.store = store;
    this.folder = Files.createTempDirectory("merge-to-mix-headers-");
  }

  /**
   * A stand-in for a file, or for a folder with the files directly in it.
   *
   * @throws UserException if there is nothing, or it cannot be read
   */
  Path of(Location location) throws IOException {
    Path place = Files.createDirectory(folder.resolve(next()));
    FileStatus status = store.fileOrFolder(location);
    Path target = place.resolve(location.name());
    if (!status.isDirectory()) {
      copy(location, status, target);
      return target;
    }
    Files.createDirectory(target);
    for (Map.Entry<String, FileStatus> file : store.files(location).entrySet()) {
      copy(location.child(file.getKey()), file.getValue(), target.resolve(file.getKey()));
    }
    return target;
  }

  private synchronized String next() {
    number++;
    return Integer.toString(number);
  }

  private void copy(Location location, FileStatus status, Path target) throws IOException {
    long length = status.getLen();
    try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw");
        RemoteStore.RangeReader reader = store.ranges(location, status, new CountDownLatch(1))) {
      file.setLength(length);
      if (location.name().endsWith(".safetensors") && length >= Long.BYTES) {
        copy(reader, 0, Long.BYTES, file);
        copy(reader, Long.BYTES, headerLength(file, length), file);
      } else if (location.name().endsWith(".json") && length <= LONGEST_TEXT) {
        copy(reader, 0, length, file);
      }
      if (isSparse(target)) {
        copy(reader, 0, length, file);
      }
    }
  }

  /** What the file claims, as far as it can be true; its reader tells what is wrong otherwise. */
  private static long headerLength(RandomAccessFile file, long length) throws IOException {
    byte[] prefix = new byte[Long.BYTES];
    file.seek(0);
    file.readFully(prefix);
    long claimed = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return claimed < 0 || claimed > LONGEST_HEADER ? 0 : Math.min(claimed, length - Long.BYTES);
  }

  private static void copy(
      RemoteStore.RangeReader reader, long start, long length, RandomAccessFile file)
      throws IOException {
    byte[] piece = new byte[(int) Math.min(PIECE, length)];
    file.seek(start);
    for (long done = 0; done < length; done += piece.length) {
      int count = (int) Math.min(piece.length, length - done);
      reader.read(start + done, piece, count);
      file.write(piece, 0, count);
    }
  }

  private static boolean isSparse(Path file) {
    if (!file.toString().endsWith(".safetensors")) {
      return false;
    }
    try (SafetensorsFile header = SafetensorsFile.open(file)) {
      return ExpertKind.SPARSE.text().equals(header.metadata().get(ExpertKind.METADATA));
    } catch (UserException broken) {
      // Whoever opens it next tells the user.
      return false;
    }
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw CacheProblems.local(folder, failure);
    }
  }
}
