package org.mergetomix.merge;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;
import org.mergetomix.tensor.TensorSink;

/**
 * Merges one mixture after the other, sharing the work of common prefixes.
 *
 * <p>The sums of up to {@code buffers} prefixes of the last mixture are kept. A mixture that begins
 * with the same datasets in the same weights starts from the longest of them; what is beyond the
 * buffers is summed again. Every element's sum is built in the same order either way, so the result
 * does not depend on what was merged before. In prefix order with as many buffers as datasets, a
 * mixture costs one addition a parameter.
 *
 * <p>Some settings cost more: LiNeS with norms that must be measured goes over the model twice, and
 * SCE with a selection shares nothing (see {@link SelectedDelta}). One thread at a time; the
 * prepared experts may be shared with other mergers.
 */
public final class PrefixMerger {

  private final PreparedExperts experts;
  private final PrefixWalk walk;
  private final float[] merged = new float[Layout.CHUNK];
  private final float[] other = new float[Layout.CHUNK];
  private long ownAdditions;

  /**
   * A merger over the experts of a run.
   *
   * @param buffers how many prefixes may be kept; none for mixtures that have nothing to do with
   *     each other. {@link MergeMethod#prefixBytes} says how large each is: the base in float32
   *     times the sums of the method, which are 1 for linear ones, 4 or 5 where signs are elected,
   *     and 1 more for LiNeS with measured norms on top of a method that is not plain
   */
  public PrefixMerger(PreparedExperts experts, int buffers) {
    this.experts = experts;
    this.walk = new PrefixWalk(experts, buffers);
  }

  /**
   * Writes the surrogate of a mixture of known datasets into {@code target}. Tensors that hold no
   * floating-point numbers are not written: they are the base's.
   */
  public void merge(Mixture mixture, TensorSink target) {
    Terms terms = Terms.of(mixture, experts.datasets());
    merge(terms, terms.size(), target);
  }

  /**
   * The same, knowing which mixture comes next: sums that it cannot go on from are not kept. The
   * result does not depend on it, nor need that mixture really come.
   */
  public void merge(Mixture mixture, Mixture next, TensorSink target) {
    Terms terms = Terms.of(mixture, experts.datasets());
    merge(terms, terms.shared(Terms.of(next, experts.datasets())), target);
  }

  /** How many times a delta was added to all parameters, since the beginning. */
  public long additions() {
    return walk.additions() + ownAdditions;
  }

  /** Bytes outside the heap that the kept prefixes take, and those that wait to be used again. */
  long bytes() {
    return walk.bytes();
  }

  private void merge(Terms terms, int useful, TensorSink target) {
    LayerScaling scaling = experts.method().scaling();
    Kernel kernel = experts.method().combination().kernel(terms);
    double shrinking = 1;
    if (scaling.needsNorms()) {
      Norms norms = new Norms();
      // The second pass goes on from the sums of the first, where there are buffers.
      kernel = settle(kernel, tried -> measure(terms, tried, norms));
      shrinking = norms.shrinking(terms);
    }
    double[] layers = scaling.factors(experts.layout(), shrinking, terms.size());
    settle(kernel, tried -> write(terms, tried, layers, useful, target));
  }

  private static Kernel settle(Kernel first, Consumer<Kernel> pass) {
    pass.accept(first);
    Optional<Kernel> second = first.secondThought();
    second.ifPresent(pass);
    return second.orElse(first);
  }

  private void measure(Terms terms, Kernel kernel, Norms norms) {
    norms.clear();
    pass(
        terms,
        kernel,
        terms.size(),
        (source, tensor) -> {
          float factor = factor(terms, tensor, 1);
          return (offset, length) -> {
            Arrays.fill(merged, 0, length, 0f);
            source.addTo(merged, tensor, offset, factor, length);
            source.readPlainSum(tensor, offset, other, length);
            norms.add(merged, other, length);
          };
        });
  }

  private void write(Terms terms, Kernel kernel, double[] layers, int useful, TensorSink target) {
    pass(
        terms,
        kernel,
        useful,
        (source, tensor) -> {
          float factor = factor(terms, tensor, layers[tensor.index()]);
          TensorReader start = experts.base().reader(tensor.name());
          return (offset, length) -> {
            start.read(offset, merged, length);
            source.addTo(merged, tensor, offset, factor, length);
            target.write(tensor.name(), offset, merged, length);
          };
        });
  }

  private float factor(Terms terms, TensorPlace tensor, double layer) {
    return (float) (layer * experts.method().combination().factor(terms, experts, tensor));
  }

  /** What is done with each tensor. */
  private interface Step {
    ChunkStep begin(MergedDelta source, TensorPlace tensor);
  }

  /** What is done with each chunk of a tensor. */
  private interface ChunkStep {
    void accept(long offset, int length);
  }

  private void pass(Terms terms, Kernel kernel, int useful, Step step) {
    if (experts.method().combination() instanceof SelectCalculateErase method
        && !method.sharesPrefixes()) {
      SelectedDelta selected = new SelectedDelta(experts, method, terms);
      pass(selected, step);
      ownAdditions += (long) selected.passes() * terms.size();
    } else {
      walk.open(terms, kernel, useful);
      pass(walk, step);
      walk.close();
    }
  }

  private void pass(MergedDelta source, Step step) {
    for (TensorPlace tensor : experts.layout().tensors()) {
      source.begin(tensor);
      ChunkStep chunkStep = step.begin(source, tensor);
      for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
        int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
        chunkStep.accept(offset, length);
      }
    }
  }

  /** L1 norms over the whole model, of the merged delta and of the plain sum. */
  private static final class Norms {
    private double merged;
    private double plain;

    void clear() {
      merged = 0;
      plain = 0;
    }

    void add(float[] mergedDelta, float[] plainSum, int length) {
      merged += norm(mergedDelta, length);
      plain += norm(plainSum, length);
    }

    /** How many times the plain sum's norm is the merged delta's; 1 where there is no delta. */
    double shrinking(Terms terms) {
      return merged == 0 ? 1 : plain * terms.toMeanOne() / merged;
    }

    private static double norm(float[] values, int length) {
      double norm = 0;
      for (int i = 0; i < length; i++) {
        norm += Math.abs(values[i]);
      }
      return norm;
    }
  }
}
