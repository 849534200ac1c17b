package org.mergetomix.merge;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mergetomix.expert.DeltaForm;
import org.mergetomix.merge.combine.LinearKernel;
import org.mergetomix.merge.combine.Terms;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSink;

/**
 * Merges on the device where the live model is: base and deltas are copied there once, in float32,
 * low-rank products as their two factors; then a mixture is a few operations a tensor. It is for
 * methods that are {@link MergeMethod#isLinear linear}, and for deltas that fit beside the model.
 *
 * <p>Sums run over datasets in ascending order, from the sums of a prefix that is still kept, as on
 * the CPU; the device rounds products its own way, so surrogates are those of {@link PrefixMerger}
 * up to float32 rounding, and equal themselves bit for bit. Its memory is the target's and goes
 * with it. One thread at a time.
 */
public final class DeviceMerger implements Merger {

  /** Elements that go to the device at a time. */
  private static final int PIECE = 1 << 22;

  private static final NDIndex WHOLE = new NDIndex("...");

  private final PreparedExperts experts;
  private final DeviceTarget target;
  private final NDManager memory;
  private final List<NDArray> base = new ArrayList<>();
  private final List<List<Held>> deltas = new ArrayList<>();
  private final KeptPrefixes<Map<Integer, NDArray>> prefixes;

  /** A tensor's delta on the device. */
  private sealed interface Held {}

  private record Nothing() implements Held {}

  private record Elements(NDArray values) implements Held {}

  private record Products(List<Factors> parts) implements Held {}

  /** {@code scale · leftᵀ · right}, both with a row for each rank. */
  private record Factors(NDArray left, NDArray right, float scale) {}

  /**
   * Copies base and deltas to the target's device.
   *
   * @param buffers how many prefixes may be kept there, each as large as the base in float32
   * @throws IllegalArgumentException if the method is not linear
   * @throws UserException if some experts have no say in some rows
   */
  public DeviceMerger(PreparedExperts experts, int buffers, DeviceTarget target) {
    if (!experts.method().isLinear()) {
      throw new IllegalArgumentException(experts.method() + " is not linear");
    }
    if (experts.someLackRows()) {
      throw UserException.input(
          "Some experts lack tokens of the base, and merge.device = gpu cannot average the others'"
              + " rows",
          "vocabulary in the manifest",
          "Set merge.device = cpu");
    }
    this.experts = experts;
    this.target = target;
    this.prefixes = new KeptPrefixes<>(buffers);
    this.memory = target.newScope();
    for (TensorPlace tensor : experts.layout().tensors()) {
      base.add(copied(tensor, experts.base().reader(tensor.name())));
    }
    experts
        .deltas()
        .forEach(
            delta ->
                deltas.add(
                    experts.layout().tensors().stream()
                        .map(tensor -> held(tensor, delta.form(tensor), delta.reader(tensor)))
                        .toList()));
  }

  private Held held(TensorPlace tensor, DeltaForm form, TensorReader reader) {
    if (form instanceof DeltaForm.Zero) {
      return new Nothing();
    }
    if (form instanceof DeltaForm.Products low) {
      return new Products(
          low.products().stream()
              .map(
                  product ->
                      new Factors(
                          memory.create(product.left()),
                          memory.create(product.right()),
                          product.scale()))
              .toList());
    }
    return new Elements(copied(tensor, reader));
  }

  private NDArray copied(TensorPlace tensor, TensorReader reader) {
    NDArray array = memory.create(new Shape(tensor.elements()), DataType.FLOAT32);
    for (long first = 0; first < tensor.elements(); first += PIECE) {
      float[] piece = new float[(int) Math.min(PIECE, tensor.elements() - first)];
      reader.read(first, piece, piece.length);
      try (NDManager brief = memory.newSubManager()) {
        NDArray there = array.get(new NDIndex().addSliceDim(first, first + piece.length));
        there.attach(brief);
        there.set(WHOLE, brief.create(piece));
      }
    }
    return array;
  }

  @Override
  public void merge(Mixture mixture, Optional<Mixture> next, TensorSink sink) {
    if (sink != target) {
      throw new IllegalArgumentException("Another target than the one on the device");
    }
    Terms terms = Terms.of(mixture, experts.datasets());
    if (terms.size() == 0) {
      experts
          .layout()
          .tensors()
          .forEach(tensor -> target.set(tensor.name(), base.get(tensor.index())));
      return;
    }
    int useful =
        next.map(coming -> terms.shared(Terms.of(coming, experts.datasets()))).orElse(terms.size());
    prefixes.open(terms, useful, TreeMap::new);
    LinearKernel kernel = (LinearKernel) experts.method().combination().kernel(terms);
    double[] layers = experts.method().scaling().factors(experts.layout(), 1, terms.size());
    for (TensorPlace tensor : experts.layout().tensors()) {
      double factor =
          layers[tensor.index()]
              * experts.method().combination().factor(terms, experts.products(), tensor);
      try (NDManager brief = memory.newSubManager()) {
        NDArray sum = sum(terms, tensor, brief);
        sum.muli((float) ((float) factor / (double) kernel.divisor()));
        sum.addi(base.get(tensor.index()));
        target.set(tensor.name(), sum);
      }
    }
    prefixes.close();
  }

  private NDArray sum(Terms terms, TensorPlace tensor, NDManager scope) {
    NDArray sum =
        prefixes
            .origin()
            .map(sums -> sums.get(tensor.index()).duplicate())
            .orElseGet(() -> memory.zeros(new Shape(tensor.elements())));
    sum.attach(scope);
    for (int i = prefixes.start(); i < terms.size(); i++) {
      add(sum, deltas.get(terms.get(i).expert()).get(tensor.index()), terms.get(i).weight(), scope);
      prefixes.storeAfter(i + 1).ifPresent(sums -> store(sum, sums, tensor));
    }
    return sum;
  }

  private static void add(NDArray sum, Held delta, float weight, NDManager scope) {
    if (delta instanceof Elements elements) {
      sum.addi(attached(elements.values().mul(weight), scope));
    } else if (delta instanceof Products products) {
      long each = sum.size() / products.parts().size();
      long first = 0;
      for (Factors factors : products.parts()) {
        NDArray left = attached(factors.left().transpose(), scope);
        NDArray product = attached(left.matMul(factors.right()), scope);
        NDArray flat = attached(product.reshape(each), scope);
        NDIndex part = new NDIndex().addSliceDim(first, first + each);
        attached(sum.get(part), scope).addi(flat.muli(factors.scale()).muli(weight));
        first += each;
      }
    }
  }

  /** The results of the device's arrays would live as long as these. */
  private static NDArray attached(NDArray array, NDManager scope) {
    array.attach(scope);
    return array;
  }

  private void store(NDArray sum, Map<Integer, NDArray> sums, TensorPlace tensor) {
    sums.computeIfAbsent(tensor.index(), none -> memory.create(sum.getShape(), DataType.FLOAT32))
        .set(WHOLE, sum);
  }
}
