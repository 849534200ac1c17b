package org.mergetomix.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * The delta of a PEFT LoRA adapter: {@code scale · B · A} for each adapted weight, computed in
 * float32 for the elements that are read and never as a whole; saved minus base for what was saved
 * whole; zero for everything else. The factors are never averaged or rounded.
 *
 * <p>Reading an element of an adapted weight costs as many multiplications and additions as its
 * rank; {@code LowRankProduct} says what a read keeps in memory. Safe for use by several threads.
 */
public final class LoraDelta implements Delta {

  private final Checkpoint base;
  private final Checkpoint adapter;
  private final SortedMap<String, Change> changes;
  private final List<Problem> warnings;

  /** What an adapter does to one tensor of the base. */
  sealed interface Change {}

  /** Adds a product of two factors. */
  record Product(LowRankProduct product) implements Change {}

  /** Puts a saved tensor in its place. */
  record Replacement(String saved) implements Change {}

  /** Adds a stored tensor times a factor. */
  record Scaled(String stored, float scale) implements Change {}

  LoraDelta(
      Checkpoint base,
      Checkpoint adapter,
      SortedMap<String, Change> changes,
      List<Problem> warnings) {
    this.base = base;
    this.adapter = adapter;
    this.changes = Collections.unmodifiableSortedMap(changes);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Opens an adapter.
   *
   * @param base stays the caller's, and must be open as long as the delta is read
   * @param folder holds {@code adapter_config.json} and {@code adapter_model.safetensors}
   * @param policy prefixes, ties and ignored names; the adapter names only what it changes, so
   *     nothing can be missing
   * @throws UserException with everything that is wrong with the adapter, that is not built, or
   *     that does not fit the base
   */
  public static LoraDelta open(Checkpoint base, Path folder, ExpertPolicy policy) {
    return AdapterReader.open(base, folder, policy);
  }

  @Override
  public SortedMap<String, TensorSpec> tensors() {
    return base.tensors();
  }

  @Override
  public List<Problem> warnings() {
    return warnings;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    ZeroDelta.read(base, tensor, offset, destination, length);
    Change change = changes.get(tensor);
    if (change instanceof Product low) {
      low.product().read(offset, destination, length);
    } else if (change instanceof Scaled scaled) {
      adapter.read(scaled.stored(), offset, destination, length);
      for (int i = 0; i < length; i++) {
        destination[i] *= scaled.scale();
      }
    } else if (change instanceof Replacement replacement) {
      float[] saved = new float[length];
      adapter.read(replacement.saved(), offset, saved, length);
      base.read(tensor, offset, destination, length);
      for (int i = 0; i < length; i++) {
        destination[i] = saved[i] - destination[i];
      }
    }
  }

  /** Closes the adapter, not the base. */
  @Override
  public void close() {
    adapter.close();
  }
}
