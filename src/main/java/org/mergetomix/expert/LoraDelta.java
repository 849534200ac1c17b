package org.mergetomix.expert;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.SortedMap;
import org.mergetomix.expert.lora.LowRankProduct;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSpec;

/**
 * The delta of a PEFT LoRA adapter: {@code scale · B · A} for each adapted weight, computed in
 * float32 for the elements that are read and never as a whole; saved minus base for what was saved
 * whole; zero for everything else. The factors are never averaged or rounded.
 *
 * <p>Reading an element of an adapted weight costs as many multiplications and additions as its
 * rank; {@code LowRankProduct} says why, and what a reader keeps in memory. Safe for use by several
 * threads.
 */
public final class LoraDelta implements Delta {

  private final Checkpoint base;
  private final Checkpoint adapter;
  private final SortedMap<String, Change> changes;
  private final List<Problem> warnings;
  private final InPeft inPeft;

  /** What PEFT's own merging makes of an adapter. */
  enum InPeft {
    /** The same. */
    THE_SAME,
    /** Something else, or it does not read the names. */
    OTHERWISE
  }

  /** What an adapter does to one tensor of the base. */
  sealed interface Change {}

  /** Adds a product of two factors. */
  record Product(LowRankProduct product) implements Change {}

  /** Adds several products, one after the other, as of experts that are packed into a tensor. */
  record Stacked(List<LowRankProduct> products) implements Change {

    Stacked {
      products = List.copyOf(products);
    }
  }

  /** Puts a saved tensor in its place. */
  record Replacement(String saved) implements Change {}

  /** Adds a stored tensor times a factor. */
  record Scaled(String stored, float scale) implements Change {}

  LoraDelta(
      Checkpoint base,
      Checkpoint adapter,
      SortedMap<String, Change> changes,
      List<Problem> warnings,
      InPeft inPeft) {
    this.base = base;
    this.adapter = adapter;
    this.changes = Collections.unmodifiableSortedMap(changes);
    this.warnings = List.copyOf(warnings);
    this.inPeft = inPeft;
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
    return AdapterReader.open(base, folder, policy, Contents.WHOLE);
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
    reader(tensor).read(offset, destination, length);
  }

  @Override
  public TensorReader reader(String tensor) {
    TensorSpec spec = ZeroDelta.requireFloating(base, tensor);
    Change change = changes.get(tensor);
    if (change instanceof Product low) {
      return within(spec, low.product().reader());
    }
    if (change instanceof Stacked stacked) {
      return within(spec, new StackedReader(stacked.products(), spec.elements()));
    }
    if (change instanceof Scaled scaled) {
      return scaled(adapter.reader(scaled.stored()), scaled.scale());
    }
    if (change instanceof Replacement replacement) {
      return FullCheckpointDelta.difference(
          adapter.reader(replacement.saved()), base.reader(tensor));
    }
    return ZeroDelta.reader(spec);
  }

  @Override
  public DeltaForm form(String tensor) {
    if (!changes.containsKey(tensor)) {
      return new DeltaForm.Zero();
    }
    Change change = changes.get(tensor);
    if (change instanceof Product low) {
      return new DeltaForm.Products(List.of(low.product()));
    }
    return change instanceof Stacked stacked
        ? new DeltaForm.Products(stacked.products())
        : new DeltaForm.Elements();
  }

  @Override
  public NavigableSet<Long> absentRows(String tensor) {
    return TokensAsInBase.absent(adapter, tensor);
  }

  /** Of many products one at a time is read, for each keeps what it widened. */
  private static final class StackedReader implements TensorReader {

    private final List<LowRankProduct> products;
    private final long each;
    private int current;
    private TensorReader reader;

    StackedReader(List<LowRankProduct> products, long elements) {
      this.products = products;
      this.each = elements / products.size();
      this.reader = products.get(0).reader();
    }

    @Override
    public void read(long offset, float[] destination, int length) {
      int done = 0;
      while (done < length) {
        long at = offset + done;
        int product = (int) (at / each);
        if (product != current) {
          current = product;
          reader = products.get(product).reader();
        }
        int count = (int) Math.min(length - done, each - at % each);
        float[] piece = new float[count];
        reader.read(at % each, piece, count);
        System.arraycopy(piece, 0, destination, done, count);
        done += count;
      }
    }
  }

  private static TensorReader within(TensorSpec spec, TensorReader reader) {
    long elements = spec.elements();
    return (offset, destination, length) -> {
      Objects.checkFromIndexSize(offset, length, elements);
      reader.read(offset, destination, length);
    };
  }

  private static TensorReader scaled(TensorReader stored, float scale) {
    return (offset, destination, length) -> {
      stored.read(offset, destination, length);
      for (int i = 0; i < length; i++) {
        destination[i] *= scale;
      }
    };
  }

  /** Whether PEFT's {@code merge_and_unload} makes the same of the base. */
  public boolean mergedAlikeByPeft() {
    return inPeft == InPeft.THE_SAME;
  }

  /** Closes the adapter, not the base. */
  @Override
  public void close() {
    adapter.close();
  }
}
