package org.mergetomix.merge.sparsify;

import java.util.Optional;
import org.mergetomix.expert.Delta;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;

/**
 * Collects what becomes of each element of a delta: tensor after tensor, element after element. One
 * thread.
 */
final class MaskBuilder {

  /** Below this L1 norm a delta is not scaled up to the norm it had. */
  private static final double SMALLEST_NORM = 1e-7;

  private final Layout layout;
  private final BitMask mask;
  private final float[] scales;
  private Optional<KeptScales> keptScales = Optional.empty();

  private TensorPlace tensor;
  private long element;
  private long word;
  private double norm;
  private double keptNorm;

  MaskBuilder(Layout layout) {
    this.layout = layout;
    this.mask = new BitMask(layout.positions());
    this.scales = new float[layout.tensors().size()];
    this.tensor = layout.tensors().get(0);
  }

  /** The next elements are those of this tensor. */
  void begin(TensorPlace next) {
    tensor = next;
    element = 0;
    norm = 0;
    keptNorm = 0;
  }

  void drop(float value) {
    norm += Math.abs(value);
    step();
  }

  void keep(float value) {
    norm += Math.abs(value);
    keptNorm += Math.abs(value);
    word |= 1L << element;
    step();
  }

  /** Keeps an element with a factor of its own; then every kept element must have one. */
  void keep(float value, float scale) {
    beginChunk();
    keptScales.orElseThrow().add(scale);
    keep(value);
  }

  /** Drops an element where kept ones have factors of their own. */
  void dropAmongScaled(float value) {
    beginChunk();
    drop(value);
  }

  /** The tensor is complete; its kept elements are multiplied. */
  void end(float scale) {
    if (element % Long.SIZE != 0) {
      flush();
    }
    scales[tensor.index()] = scale;
  }

  /** The tensor is complete; it is given back the L1 norm it had before elements were dropped. */
  void endWithFormerNorm() {
    boolean tiny = norm < SMALLEST_NORM || keptNorm < SMALLEST_NORM;
    end(tiny ? 1f : (float) (norm / keptNorm));
  }

  PreparedDelta build(Delta delta) {
    return new PreparedDelta(delta, mask, scales, keptScales);
  }

  private void beginChunk() {
    if (keptScales.isEmpty()) {
      keptScales = Optional.of(new KeptScales(layout.chunks()));
    }
    if (element % Layout.CHUNK == 0) {
      keptScales.get().begin(tensor.chunk(element));
    }
  }

  private void step() {
    element++;
    if (element % Long.SIZE == 0) {
      flush();
    }
  }

  private void flush() {
    mask.put(tensor.start() + (element - 1) / Long.SIZE * Long.SIZE, word);
    word = 0;
  }
}
