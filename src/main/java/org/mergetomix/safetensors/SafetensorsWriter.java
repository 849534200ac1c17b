package org.mergetomix.safetensors;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Function;
import org.mergetomix.problem.FileProblems;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorNames;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * Writes safetensors files, whole or not at all: to a temporary file beside the target, flushed to
 * the disk and then renamed over it. The same contents always give the same bytes.
 */
public final class SafetensorsWriter {

  private SafetensorsWriter() {}

  /**
   * Writes a file, replacing one that is there. Missing parent directories are created, and stay
   * when the writing fails.
   *
   * @param target where to
   * @param tensors what to write, by name; F32, and F16 or BF16, to which elements are rounded
   *     once, to the nearest, ties to even
   * @param metadata what the file shall say about itself; may be empty
   * @param source gives the elements
   * @throws org.mergetomix.problem.UserException if the disk is full or may not be written, or a
   *     finite element is too large for its type
   * @throws IllegalArgumentException for another type, or a name that cannot be written
   */
  public static void write(
      Path target,
      SortedMap<String, TensorSpec> tensors,
      Map<String, String> metadata,
      TensorSource source) {
    write(target, tensors, metadata, source, failure -> FileProblems.writing(target, failure));
  }

  /**
   * The same into a place that has words of its own for what goes wrong there.
   *
   * @param told makes of a failure to write what is thrown in its place
   */
  public static void write(
      Path target,
      SortedMap<String, TensorSpec> tensors,
      Map<String, String> metadata,
      TensorSource source,
      Function<IOException, RuntimeException> told) {
    tensors.values().forEach(SafetensorsWriter::requireFloat);
    FileLayout layout = FileLayout.of(tensors, metadata);
    Path file = target.toAbsolutePath();
    Path temporary =
        file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
    try {
      // A link to a directory is a directory, but createDirectories would not take it for one.
      if (!Files.isDirectory(file.getParent())) {
        Files.createDirectories(file.getParent());
      }
      try {
        writeTemporary(temporary, target, layout, source);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        // Gone already when all went well.
        Files.deleteIfExists(temporary);
      }
    } catch (IOException failure) {
      throw told.apply(failure);
    }
  }

  /** A source gives floats only. */
  private static void requireFloat(TensorSpec spec) {
    if (!List.of(DType.F32, DType.F16, DType.BF16).contains(spec.dtype())) {
      throw new IllegalArgumentException(
          "The tensor %s is %s, which is never written"
              .formatted(TensorNames.shown(spec.name()), spec.dtype()));
    }
  }

  private static void writeTemporary(
      Path temporary, Path target, FileLayout layout, TensorSource source) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      StoredElements elements = new StoredElements(channel, target.toString());
      elements.writeHeader(layout.header());
      float[] chunk = new float[StoredElements.CHUNK];
      for (TensorSpec spec : layout.order()) {
        long count = spec.elements();
        for (long offset = 0; offset < count; offset += chunk.length) {
          int length = (int) Math.min(chunk.length, count - offset);
          source.read(spec.name(), offset, chunk, length);
          elements.write(spec, layout.position(spec, offset), chunk, length);
        }
      }
      channel.force(true);
    }
  }
}
