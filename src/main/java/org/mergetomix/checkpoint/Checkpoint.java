package org.mergetomix.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.mergetomix.problem.Problem;

/** The parameters of a model, read a range at a time. Several threads may read at once. */
public interface Checkpoint extends TensorSource, AutoCloseable {

  /**
   * Opens a checkpoint, whatever it is stored in: one safetensors file, or a folder as Hugging Face
   * writes it, with an index and shards or with one {@code model.safetensors}.
   *
   * @throws org.mergetomix.problem.UserException if it is missing, pickled, or breaks a rule of its
   *     format; with all problems of a folder at once
   */
  static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      return ShardedCheckpoint.open(path);
    }
    Pickles.refuse(path);
    return SafetensorsFile.open(path);
  }

  /**
   * The names of the files that decide what a checkpoint's folder means: index and shards or the
   * single file, and an adapter's two files; in ascending order.
   *
   * @throws org.mergetomix.problem.UserException if there are none, or the index breaks a rule
   */
  static List<String> files(Path folder) {
    return List.copyOf(CheckpointFolder.of(folder).files().keySet());
  }

  /** How messages call it: the path that it was opened from. */
  String name();

  /** Every tensor by its name; unmodifiable. */
  SortedMap<String, TensorSpec> tensors();

  /** What the checkpoint says about itself; unmodifiable, often empty. */
  Map<String, String> metadata();

  /**
   * Widens elements to float32, exactly except for F64, which is rounded.
   *
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it holds no
   *     floating-point numbers
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  void read(String tensor, long offset, float[] destination, int length);

  /**
   * Copies elements of a tensor of whole numbers.
   *
   * @param offset index of the first element, in row-major order
   * @param destination receives the elements from index 0 on
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it is not I64, I32,
   *     I16, I8 or U8
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   * @throws IllegalStateException after {@link #close}
   */
  void readIntegers(String tensor, long offset, long[] destination, int length);

  /** What a user should know although it can be read; unmodifiable, mostly empty. */
  default List<Problem> warnings() {
    return List.of();
  }

  @Override
  void close();
}
