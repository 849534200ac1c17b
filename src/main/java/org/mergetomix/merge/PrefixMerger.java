package org.mergetomix.merge;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.mergetomix.merge.combine.Kernel;
import org.mergetomix.merge.combine.MergedDelta;
import org.mergetomix.merge.combine.Terms;
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
 * SCE with a selection shares nothing and has one thread. One thread at a time asks for a mixture;
 * the prepared experts may be shared with other mergers.
 */
public final class PrefixMerger implements Merger {

  /** Elements that are worth starting a thread for. */
  private static final long WORTH_A_THREAD = 1 << 20;

  private static final int NONE = -1;

  private final PreparedExperts experts;
  private final PrefixWalk walk;
  private final List<Stretch> stretches;
  private final int threads;

  /**
   * A merger over the experts of a run.
   *
   * @param buffers how many prefixes may be kept; none for mixtures that have nothing to do with
   *     each other, or that are too large to keep sums of: then no more than some chunks is held.
   *     {@link MergeMethod#prefixBytes} says how large each is: the base in float32 times the sums
   *     of the method, which are 1 for linear ones, 4 or 5 where signs are elected, and 1 more for
   *     LiNeS with measured norms on top of a method that is not plain
   */
  public PrefixMerger(PreparedExperts experts, int buffers) {
    this(experts, buffers, 1);
  }

  /**
   * The same with several threads.
   *
   * @param threads that compute a mixture, the calling one among them, which alone writes to the
   *     target; at least 1. A small model has fewer
   */
  public PrefixMerger(PreparedExperts experts, int buffers, int threads) {
    this(experts, buffers, threads, WORTH_A_THREAD);
  }

  /**
   * The same for models of another size.
   *
   * @param worth elements that a thread has at least
   */
  PrefixMerger(PreparedExperts experts, int buffers, int threads, long worth) {
    this.experts = experts;
    this.walk = new PrefixWalk(experts, buffers);
    this.stretches = Stretch.of(experts.layout());
    this.threads = (int) Math.max(1, Math.min(threads, experts.layout().elements() / worth));
  }

  @Override
  public void merge(Mixture mixture, Optional<Mixture> next, TensorSink target) {
    Terms terms = Terms.of(mixture, experts.datasets());
    int useful =
        next.map(coming -> terms.shared(Terms.of(coming, experts.datasets()))).orElse(terms.size());
    if (terms.size() == 0) {
      writeBase(target);
    } else {
      merge(terms, useful, MeanOfRows.over(experts, terms, target));
    }
  }

  private void writeBase(TensorSink target) {
    float[] chunk = new float[Layout.CHUNK];
    for (TensorPlace tensor : experts.layout().tensors()) {
      TensorReader start = experts.base().reader(tensor.name());
      tensor.forEachChunk(
          (offset, length) -> {
            start.read(offset, chunk, length);
            target.write(tensor.name(), offset, chunk, length);
          });
    }
  }

  private void merge(Terms terms, int useful, TensorSink target) {
    LayerScaling scaling = experts.method().scaling();
    Kernel kernel = experts.method().combination().kernel(terms);
    double shrinking = 1;
    if (scaling.needsNorms()) {
      Norms norms = new Norms(stretches.size());
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
        source -> new Measuring(source, terms, norms),
        (tensor, offset, values, length) -> {});
  }

  private void write(Terms terms, Kernel kernel, double[] layers, int useful, TensorSink target) {
    pass(terms, kernel, useful, source -> new Merging(source, terms, layers), target);
  }

  private float factor(Terms terms, TensorPlace tensor, double layer) {
    return (float)
        (layer * experts.method().combination().factor(terms, experts.products(), tensor));
  }

  private void pass(
      Terms terms,
      Kernel kernel,
      int useful,
      Function<MergedDelta, StretchWork.Worker> worker,
      TensorSink target) {
    Optional<MergedDelta> alone = experts.method().combination().alone(terms, experts.deltas());
    if (alone.isPresent()) {
      StretchWork.run(stretches, List.of(worker.apply(alone.get())), target);
    } else {
      walk.open(terms, kernel, useful);
      List<StretchWork.Worker> workers =
          Stream.generate(() -> worker.apply(walk.summing())).limit(threads).toList();
      StretchWork.run(stretches, workers, target);
      walk.close();
    }
  }

  /** One thread's part of a pass, tensor by tensor. */
  private abstract static class Worker implements StretchWork.Worker {

    final MergedDelta source;
    final Terms terms;
    final float[] merged = new float[Layout.CHUNK];
    private int begun = NONE;

    Worker(MergedDelta source, Terms terms) {
      this.source = source;
      this.terms = terms;
    }

    @Override
    public final void work(Stretch stretch, TensorSink target) {
      if (begun != stretch.tensor().index()) {
        begun = stretch.tensor().index();
        source.begin(stretch.tensor());
        begin(stretch.tensor());
      }
      takeChunks(stretch, target);
    }

    abstract void begin(TensorPlace tensor);

    abstract void takeChunks(Stretch stretch, TensorSink target);
  }

  private final class Merging extends Worker {

    private final double[] layers;
    private float factor;
    private TensorReader base = (offset, destination, length) -> {};

    Merging(MergedDelta source, Terms terms, double[] layers) {
      super(source, terms);
      this.layers = layers;
    }

    @Override
    void begin(TensorPlace tensor) {
      factor = factor(terms, tensor, layers[tensor.index()]);
      base = experts.base().reader(tensor.name());
    }

    @Override
    void takeChunks(Stretch stretch, TensorSink target) {
      TensorPlace tensor = stretch.tensor();
      stretch.forEachChunk(
          (offset, length) -> {
            base.read(offset, merged, length);
            source.addTo(merged, tensor, offset, factor, length);
            target.write(tensor.name(), offset, merged, length);
          });
    }
  }

  private final class Measuring extends Worker {

    private final Norms norms;
    private final float[] plain = new float[Layout.CHUNK];
    private float factor;

    Measuring(MergedDelta source, Terms terms, Norms norms) {
      super(source, terms);
      this.norms = norms;
    }

    @Override
    void begin(TensorPlace tensor) {
      factor = factor(terms, tensor, 1);
    }

    @Override
    void takeChunks(Stretch stretch, TensorSink target) {
      TensorPlace tensor = stretch.tensor();
      stretch.forEachChunk(
          (offset, length) -> {
            Arrays.fill(merged, 0, length, 0f);
            source.addTo(merged, tensor, offset, factor, length);
            source.readPlainSum(tensor, offset, plain, length);
            norms.add(stretch, merged, plain, length);
          });
    }
  }

  /**
   * L1 norms over the whole model, of the merged delta and of the plain sum. They are kept apart
   * for each stretch, so that their sums do not depend on who computed which.
   */
  private static final class Norms {
    private final double[] merged;
    private final double[] plain;

    Norms(int stretches) {
      merged = new double[stretches];
      plain = new double[stretches];
    }

    void clear() {
      Arrays.fill(merged, 0);
      Arrays.fill(plain, 0);
    }

    void add(Stretch stretch, float[] mergedDelta, float[] plainSum, int length) {
      merged[stretch.number()] += norm(mergedDelta, length);
      plain[stretch.number()] += norm(plainSum, length);
    }

    /** How many times the plain sum's norm is the merged delta's; 1 where there is no delta. */
    double shrinking(Terms terms) {
      double all = sum(merged);
      return all == 0 ? 1 : sum(plain) * terms.toMeanOne() / all;
    }

    private static double sum(double[] norms) {
      double sum = 0;
      for (double norm : norms) {
        sum += norm;
      }
      return sum;
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
