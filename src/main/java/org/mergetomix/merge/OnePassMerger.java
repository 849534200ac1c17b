package org.mergetomix.merge;

import java.util.ArrayList;
import java.util.List;
import org.mergetomix.merge.sparsify.PreparedDelta;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * Merges mixtures that are written somewhere, all of them in one pass: of each chunk the base and
 * every expert are read once, and merged into one mixture after the other. So a model may be larger
 * than memory: no sums of it are kept, only a few chunks for each expert, whatever the number of
 * mixtures. Live models, of which there is one at a time, are for {@link PrefixMerger}; the bits
 * are the same.
 *
 * <p>That holds for sums and means. Methods that elect signs, and LiNeS with measured norms, have
 * more to keep or to look at for each mixture: they are merged a mixture at a time, with a pass or
 * two for each and no more memory. One thread at a time; the prepared experts may be shared.
 */
public final class OnePassMerger {

  private final PreparedExperts experts;

  /** A merger over the experts of a run. */
  public OnePassMerger(PreparedExperts experts) {
    this.experts = experts;
  }

  /** Where the elements of surrogates go. */
  @FunctionalInterface
  public interface Target {

    /**
     * Writes elements of a tensor of one surrogate.
     *
     * @param mixture index of its mixture among those that are merged
     * @param offset the first element written, in row-major order
     * @param source the values, from index 0
     */
    void write(int mixture, String tensor, long offset, float[] source, int length);
  }

  /**
   * Writes the surrogates of mixtures of known datasets. Tensors that hold no floating-point
   * numbers are not written: they are the base's.
   *
   * @param mixtures in prefix order they share the most additions
   */
  public void merge(List<Mixture> mixtures, Target target) {
    List<Part> parts = new ArrayList<>();
    Terms before = new Terms(List.of());
    for (Mixture mixture : mixtures) {
      Terms terms = Terms.of(mixture, experts.datasets());
      parts.add(new Part(terms, before, experts.method().combination().kernel(terms)));
      before = terms;
    }
    if (!experts.method().scaling().needsNorms()
        && parts.stream().allMatch(part -> part.kernel instanceof LinearKernel)) {
      new Pass(parts).run(target);
    } else {
      mergeApart(mixtures, target);
    }
  }

  private void mergeApart(List<Mixture> mixtures, Target target) {
    PrefixMerger merger = new PrefixMerger(experts, 0);
    for (int i = 0; i < mixtures.size(); i++) {
      int index = i;
      merger.merge(
          mixtures.get(i),
          (tensor, offset, source, length) -> target.write(index, tensor, offset, source, length));
    }
  }

  /** One of the mixtures. */
  private static final class Part {
    private final Terms terms;
    private final int shared;
    private final Kernel kernel;
    private final float[] weights;
    private float factor;

    Part(Terms terms, Terms before, Kernel kernel) {
      this.terms = terms;
      this.shared = before.shared(terms);
      this.kernel = kernel;
      this.weights = new float[terms.size()];
    }
  }

  /** The pass over the model. */
  private final class Pass {
    private final List<Part> parts;
    private final int[] used;
    private final float[][] deltas;

    /** Of the prefixes of a mixture by length; that of length 0 stays 0. */
    private final float[][][] sums;

    /** By the number of datasets, then by tensor. */
    private final double[][] layers;

    private final PreparedDelta.Scratch scratch = new PreparedDelta.Scratch();
    private final float[] base = new float[Layout.CHUNK];
    private final float[] merged = new float[Layout.CHUNK];

    Pass(List<Part> parts) {
      this.parts = parts;
      this.used =
          parts.stream()
              .flatMap(part -> part.terms.all().stream())
              .mapToInt(Terms.Term::expert)
              .distinct()
              .sorted()
              .toArray();
      this.deltas = new float[experts.datasets().size()][];
      for (int expert : used) {
        deltas[expert] = new float[Layout.CHUNK];
      }
      int longest = parts.stream().mapToInt(part -> part.terms.size()).max().orElse(0);
      this.sums = new float[longest + 1][1][Layout.CHUNK];
      this.layers = new double[longest + 1][];
      for (int size = 1; size <= longest; size++) {
        layers[size] = experts.method().scaling().factors(experts.layout(), 1, size);
      }
    }

    void run(Target target) {
      for (TensorPlace tensor : experts.layout().tensors()) {
        parts.forEach(part -> begin(part, tensor));
        TensorReader start = experts.base().reader(tensor.name());
        TensorReader[] readers = new TensorReader[deltas.length];
        for (int expert : used) {
          readers[expert] = experts.delta(expert).reader(tensor);
        }
        for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
          int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
          start.read(offset, base, length);
          for (int expert : used) {
            readers[expert].read(offset, deltas[expert], length);
            experts.delta(expert).sparsify(tensor, offset, deltas[expert], scratch, length);
          }
          for (int i = 0; i < parts.size(); i++) {
            merge(parts.get(i), length);
            target.write(i, tensor.name(), offset, merged, length);
          }
        }
      }
    }

    private void begin(Part part, TensorPlace tensor) {
      Combination combination = experts.method().combination();
      for (int i = 0; i < part.weights.length; i++) {
        part.weights[i] = combination.weight(part.terms.get(i), experts, tensor);
      }
      double layer = layers[part.terms.size()][tensor.index()];
      part.factor = (float) (layer * combination.factor(part.terms, experts, tensor));
    }

    /** Goes on from the prefix that is shared with the mixture before. */
    private void merge(Part part, int length) {
      int size = part.terms.size();
      for (int i = part.shared; i < size; i++) {
        System.arraycopy(sums[i][0], 0, sums[i + 1][0], 0, length);
        float[] delta = deltas[part.terms.get(i).expert()];
        part.kernel.accumulate(sums[i + 1], delta, part.weights[i], length);
      }
      System.arraycopy(base, 0, merged, 0, length);
      part.kernel.finish(sums[size], part.factor, merged, length);
    }
  }
}
