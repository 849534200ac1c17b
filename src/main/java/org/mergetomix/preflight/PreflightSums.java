package org.mergetomix.preflight;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.NonFiniteTensors;
import org.mergetomix.merge.LayerDepths;
import org.mergetomix.merge.combine.InnerProducts;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * The sums behind the pre-flight figures, of some of a model's tensors: several tasks read a part
 * of the tensors each, and {@link Preflight#of(List)} puts the parts together. Figures do not
 * depend on how the tensors were shared out. Immutable.
 */
public final class PreflightSums implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ArrayList<String> datasets;
  private final ArrayList<OfTensor> tensors;

  private PreflightSums(List<String> datasets, List<OfTensor> tensors) {
    this.datasets = new ArrayList<>(datasets);
    this.tensors = new ArrayList<>(tensors);
  }

  /** The sums of one tensor. */
  private static final class OfTensor implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final String layer;

    /** Where the tensor stands among all. */
    private final int place;

    private final long elements;
    private double baseSquares;

    /** Of two deltas: the greater, then the lesser expert. */
    private final double[][] products;

    /** Elements of each delta that are not 0. */
    private final long[] moved;

    OfTensor(TensorPlace tensor, int experts) {
      name = tensor.name();
      layer =
          LayerDepths.layer(tensor.name())
              .map(found -> found.stack() + "." + found.number())
              .orElse(Preflight.OUTSIDE);
      place = tensor.index();
      elements = tensor.elements();
      products = new double[experts][experts];
      moved = new long[experts];
    }

    void addBase(float[] chunk, int length) {
      baseSquares += InnerProducts.dot(chunk, chunk, length);
    }

    /** Adds a chunk of an expert's delta; those of lesser experts are there. */
    void addDelta(int expert, float[][] chunks, int length) {
      for (int other = 0; other <= expert; other++) {
        products[expert][other] += InnerProducts.dot(chunks[expert], chunks[other], length);
      }
      int count = 0;
      for (int i = 0; i < length; i++) {
        count += chunks[expert][i] == 0 ? 0 : 1;
      }
      moved[expert] += count;
    }
  }

  /**
   * Reads the tensors of one part, of the base and of every delta, once.
   *
   * @param base the base model
   * @param deltas the delta of every dataset, by id
   * @param part from 0 to {@code parts - 1}
   * @param parts into how many parts of about the same size the tensors are shared out; 1 or more
   */
  public static PreflightSums of(Checkpoint base, Map<String, Delta> deltas, int part, int parts) {
    SortedMap<String, Delta> ordered = new TreeMap<>(deltas);
    Layout layout = Layout.of(base.tensors());
    List<OfTensor> tensors = new ArrayList<>();
    for (TensorPlace tensor : layout.tensors()) {
      long middle = tensor.start() + tensor.elements() / 2;
      if (middle * parts / layout.positions() == part) {
        tensors.add(sums(base, List.copyOf(ordered.values()), tensor));
      }
    }
    return new PreflightSums(List.copyOf(ordered.keySet()), tensors);
  }

  private static OfTensor sums(Checkpoint base, List<Delta> deltas, TensorPlace tensor) {
    OfTensor sums = new OfTensor(tensor, deltas.size());
    float[] start = new float[Layout.CHUNK];
    float[][] chunks = new float[deltas.size()][Layout.CHUNK];
    TensorReader baseReader = base.reader(tensor.name());
    List<TensorReader> readers = deltas.stream().map(delta -> delta.reader(tensor.name())).toList();
    tensor.forEachChunk(
        (offset, length) -> {
          baseReader.read(offset, start, length);
          sums.addBase(start, length);
          for (int i = 0; i < chunks.length; i++) {
            readers.get(i).read(offset, chunks[i], length);
            sums.addDelta(i, chunks, length);
          }
        });
    return sums;
  }

  /**
   * Who has NaN or infinite numbers, and where: the first such tensor of the base as {@link
   * NonFiniteTensors#BASE}, and of each dataset, whom what the base has is not blamed on.
   */
  SortedMap<String, String> notNumbers() {
    SortedMap<String, String> found = new TreeMap<>();
    for (OfTensor tensor : tensors) {
      if (!Double.isFinite(tensor.baseSquares)) {
        found.putIfAbsent(NonFiniteTensors.BASE, tensor.name);
        continue;
      }
      for (int i = 0; i < datasets.size(); i++) {
        if (!Double.isFinite(tensor.products[i][i])) {
          found.putIfAbsent(datasets.get(i), tensor.name);
        }
      }
    }
    return found;
  }

  /** The sums of all parts together, in the order of the tensors. */
  static PreflightSums together(List<PreflightSums> parts) {
    List<OfTensor> tensors = new ArrayList<>();
    parts.forEach(part -> tensors.addAll(part.tensors));
    tensors.sort((one, other) -> Integer.compare(one.place, other.place));
    return new PreflightSums(parts.get(0).datasets, tensors);
  }

  List<String> datasets() {
    return List.copyOf(datasets);
  }

  double baseNorm() {
    double squares = 0;
    for (OfTensor tensor : tensors) {
      squares += tensor.baseSquares;
    }
    return Math.sqrt(squares);
  }

  double cosine(int lesser, int greater) {
    double lengths = Math.sqrt(product(lesser, lesser)) * Math.sqrt(product(greater, greater));
    return lengths == 0 ? 0 : product(lesser, greater) / lengths;
  }

  Preflight.Movement movement(int expert) {
    double squares = product(expert, expert);
    long elements = 0;
    long moved = 0;
    for (OfTensor tensor : tensors) {
      elements += tensor.elements;
      moved += tensor.moved[expert];
    }
    return new Preflight.Movement(
        Math.sqrt(squares),
        share(squares, baseNorm() * baseNorm()),
        elements == 0 ? 0 : (double) moved / elements,
        layers(expert));
  }

  private SortedMap<String, Double> layers(int expert) {
    SortedMap<String, Double> deltas = new TreeMap<>();
    SortedMap<String, Double> bases = new TreeMap<>();
    for (OfTensor tensor : tensors) {
      deltas.merge(tensor.layer, tensor.products[expert][expert], Double::sum);
      bases.merge(tensor.layer, tensor.baseSquares, Double::sum);
    }
    deltas.replaceAll((layer, squares) -> share(squares, bases.get(layer)));
    return Collections.unmodifiableSortedMap(deltas);
  }

  private double product(int lesser, int greater) {
    double product = 0;
    for (OfTensor tensor : tensors) {
      product += tensor.products[greater][lesser];
    }
    return product;
  }

  /** One norm over another, from their squares; 0 for nothing over nothing. */
  private static double share(double squares, double ofSquares) {
    return squares == 0 ? 0 : Math.sqrt(squares) / Math.sqrt(ofSquares);
  }
}
