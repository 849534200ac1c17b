package org.mergetomix.merge;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.merge.combine.Combination;
import org.mergetomix.merge.combine.Kernel;
import org.mergetomix.merge.combine.LinearKernel;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.merge.combine.Terms;
import org.mergetomix.merge.combine.WeightedSum;
import org.mergetomix.merge.sparsify.Dense;
import org.mergetomix.merge.sparsify.Sparsifier;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorSpec;

/**
 * A merge method with its parameters, as data: what it does to each delta once, how the deltas of a
 * mixture become one, and what that is multiplied by in each layer. All methods are these three put
 * together. Immutable.
 */
public final class MergeMethod implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Method method;
  private final TreeMap<String, String> parameters;
  private final Sparsifier sparsifier;
  private final Combination combination;
  private final LayerScaling scaling;

  private MergeMethod(
      Method method,
      SortedMap<String, String> parameters,
      Sparsifier sparsifier,
      Combination combination,
      LayerScaling scaling) {
    this.method = method;
    this.parameters = new TreeMap<>(parameters);
    this.sparsifier = sparsifier;
    this.combination = combination;
    this.scaling = scaling;
  }

  /**
   * The method that the settings ask for.
   *
   * @param seed of random masks
   */
  public static MergeMethod of(MergeSettings settings, long seed) {
    Method method = settings.method();
    Mode mode = settings.mode().orElse(Mode.PAPER);
    Map<Parameter, Double> numbers = method.defaults(mode);
    numbers.putAll(settings.numbers());
    Parts parts = new Parts(mode, numbers, seed);
    Sparsifier sparsifier = method.sparsifier(parts);
    SortedMap<String, String> parameters = new TreeMap<>();
    if (method.hasModes()) {
      parameters.put("mode", mode.key());
    }
    if (sparsifier.isRandom()) {
      parameters.put("seed", Long.toString(seed));
    }
    LayerScaling scaling =
        switch (settings.layers()) {
          case NONE -> new Unscaled();
          case LINEAR -> {
            parameters.put("lines.scaling", settings.layers().key());
            numbers.putIfAbsent(Parameter.LINES_ALPHA, Double.NaN);
            numbers.putIfAbsent(Parameter.LINES_BETA, Double.NaN);
            yield new Lines(numbers.get(Parameter.LINES_ALPHA), numbers.get(Parameter.LINES_BETA));
          }
        };
    numbers.forEach(
        (parameter, value) ->
            parameters.put(
                parameter.key(), value.isNaN() ? MergeSettings.AUTO : Double.toString(value)));
    return new MergeMethod(method, parameters, sparsifier, method.combination(parts), scaling);
  }

  /** Its name in the configuration and in tables. */
  public String name() {
    return method.key();
  }

  /** Every parameter that decides what it does, defaults too, by key; unmodifiable. */
  public SortedMap<String, String> parameters() {
    return Collections.unmodifiableSortedMap(parameters);
  }

  /** Name and parameters, the same for the same method: {@code ties density=0.2 lambda=1.0}. */
  public String describe() {
    StringBuilder text = new StringBuilder(name());
    parameters.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
    return text.toString();
  }

  /** The {@link #describe() description}. */
  @Override
  public String toString() {
    return describe();
  }

  /**
   * What a {@link PrefixMerger} takes outside the heap for each prefix that it keeps.
   *
   * @param base the base's tensors by name
   * @param mixture one of those that are merged: some methods need less where weights are equal
   * @return bytes: 4 for each running sum of each element, and a little for alignment; 0 where
   *     mixtures cannot share work
   */
  public long prefixBytes(SortedMap<String, TensorSpec> base, Mixture mixture) {
    if (!combination.sharesPrefixes()) {
      return 0;
    }
    Kernel kernel = combination.kernel(Terms.of(mixture, mixture.datasets()));
    return PrefixSums.bytes(Layout.of(base).positions(), sums(kernel));
  }

  /**
   * What {@link PreparedExperts} take outside the heap, whatever is merged.
   *
   * @param base the base's tensors by name
   * @param experts how many there are
   * @return bytes: a bit an element and expert where elements are dropped, and for some methods 4
   *     for each that is kept; 0 where none are. As elements are kept by chance, this is a bound.
   */
  public long preparedBytes(SortedMap<String, TensorSpec> base, int experts) {
    return experts * sparsifier.preparedBytes(Layout.of(base));
  }

  /**
   * The most prefixes that a {@link PrefixMerger} has a use for at a time, on a walk through all
   * subsets in their order: more buffers than these are never filled.
   *
   * @param minimumSize the fewest datasets of a subset
   * @param maximumSize the most, no more than there are
   */
  public int mostPrefixes(int minimumSize, int maximumSize) {
    if (scaling.needsNorms()) {
      // The second pass over a mixture goes on from its whole sum.
      return maximumSize;
    }
    // Neighbours share at most the larger of them without its last dataset. The last subset of all
    // is one of the smallest, and has no neighbour that would tell which prefixes are of no use.
    return Math.max(maximumSize - 1, minimumSize);
  }

  /** Whether a surrogate is the base plus a weighted sum of whole deltas, and nothing else. */
  public boolean isLinear() {
    return sparsifier instanceof Dense
        && combination instanceof WeightedSum
        && !scaling.needsNorms();
  }

  /** How many running sums an element needs, with the plain one where that is kept apart. */
  int sums(Kernel kernel) {
    return kernel.sums() + (sumsPlainApart(kernel) ? 1 : 0);
  }

  /** Whether the plain sum of the deltas is needed, and is none of the kernel's own sums. */
  boolean sumsPlainApart(Kernel kernel) {
    boolean own = sparsifier instanceof Dense && kernel instanceof LinearKernel;
    return scaling.needsNorms() && !own;
  }

  /** What is done to each delta alone. */
  public Sparsifier sparsifier() {
    return sparsifier;
  }

  /** How deltas become one. */
  public Combination combination() {
    return combination;
  }

  /** What each layer of the merged delta is scaled by. */
  public LayerScaling scaling() {
    return scaling;
  }
}
