package org.mergetomix.expert;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * How far an expert moved from the base, θi − θ0, read a range at a time. Several threads may read
 * at once.
 */
public interface Delta extends TensorSource, AutoCloseable {

  /**
   * The delta of an expert, in whatever form it comes: a full checkpoint, a checkpoint of deltas, a
   * PEFT LoRA adapter or a sparse delta.
   *
   * @param base stays the caller's, and must be open as long as the delta is read
   * @param expert a file, or a folder as Hugging Face writes it
   * @param policy what to make of names and of tensors that do not pair
   * @throws org.mergetomix.problem.UserException with everything that keeps the expert from fitting
   *     the base
   */
  static Delta open(Checkpoint base, Path expert, ExpertPolicy policy) {
    return open(base, expert, policy, Contents.WHOLE);
  }

  /**
   * The same of checkpoints that may be stand-ins.
   *
   * @param contents what can be compared between the two when they are opened
   */
  static Delta open(Checkpoint base, Path expert, ExpertPolicy policy, Contents contents) {
    return ExpertReader.open(base, expert, policy, contents);
  }

  /**
   * The base's tensors by name; unmodifiable. Those that hold no floating-point numbers have no
   * delta and cannot be read: a merged model takes them from the base.
   */
  SortedMap<String, TensorSpec> tensors();

  /**
   * Copies elements of the difference, in float32.
   *
   * @throws org.mergetomix.problem.UserException if there is no such tensor, or it holds no
   *     floating-point numbers
   * @throws IndexOutOfBoundsException if the range is not within the tensor or the destination
   */
  @Override
  void read(String tensor, long offset, float[] destination, int length);

  /** How the difference of a tensor is made, for whoever can use more than its elements. */
  default DeltaForm form(String tensor) {
    return new DeltaForm.Elements();
  }

  /**
   * The rows of a tensor that the expert has no say in, because it lacks their tokens; there the
   * difference is zero. Unmodifiable, empty but where vocabularies differ.
   */
  default NavigableSet<Long> absentRows(String tensor) {
    return Collections.emptyNavigableSet();
  }

  /** What a user should know although it can be read; unmodifiable, mostly empty. */
  default List<Problem> warnings() {
    return List.of();
  }

  @Override
  void close();
}
