package org.mergetomix.merge;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.checkpoint.Checkpoint;
import org.mergetomix.checkpoint.Delta;
import org.mergetomix.checkpoint.TensorReader;

/** The sums behind the pre-flight figures, from one pass over base and deltas. */
final class PreflightSums {

  private final Layout layout;
  private final double[] baseSquares;
  private final double[][][] products;
  private final long[] moved;

  private PreflightSums(Layout layout, int experts) {
    this.layout = layout;
    this.baseSquares = new double[layout.tensors().size()];
    this.products = new double[layout.tensors().size()][experts][experts];
    this.moved = new long[experts];
  }

  static PreflightSums of(Checkpoint base, List<Delta> deltas, Layout layout) {
    PreflightSums sums = new PreflightSums(layout, deltas.size());
    float[] start = new float[Layout.CHUNK];
    float[][] chunks = new float[deltas.size()][Layout.CHUNK];
    for (TensorPlace tensor : layout.tensors()) {
      TensorReader baseReader = base.reader(tensor.name());
      List<TensorReader> readers =
          deltas.stream().map(delta -> delta.reader(tensor.name())).toList();
      for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
        int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
        baseReader.read(offset, start, length);
        sums.baseSquares[tensor.index()] += InnerProducts.dot(start, start, length);
        for (int i = 0; i < chunks.length; i++) {
          readers.get(i).read(offset, chunks[i], length);
          sums.add(tensor, i, chunks, length);
        }
      }
    }
    return sums;
  }

  private void add(TensorPlace tensor, int expert, float[][] chunks, int length) {
    for (int other = 0; other <= expert; other++) {
      products[tensor.index()][other][expert] +=
          InnerProducts.dot(chunks[expert], chunks[other], length);
    }
    int count = 0;
    for (int i = 0; i < length; i++) {
      count += chunks[expert][i] == 0 ? 0 : 1;
    }
    moved[expert] += count;
  }

  double baseNorm() {
    double squares = 0;
    for (double ofTensor : baseSquares) {
      squares += ofTensor;
    }
    return Math.sqrt(squares);
  }

  double cosine(int lesser, int greater) {
    double lengths = Math.sqrt(product(lesser, lesser)) * Math.sqrt(product(greater, greater));
    return lengths == 0 ? 0 : product(lesser, greater) / lengths;
  }

  Preflight.Movement movement(int expert) {
    double squares = product(expert, expert);
    return new Preflight.Movement(
        Math.sqrt(squares),
        share(squares, baseNorm() * baseNorm()),
        layout.elements() == 0 ? 0 : (double) moved[expert] / layout.elements(),
        Double.isFinite(squares),
        layers(expert));
  }

  private SortedMap<String, Double> layers(int expert) {
    SortedMap<String, Double> deltas = new TreeMap<>();
    SortedMap<String, Double> bases = new TreeMap<>();
    for (TensorPlace tensor : layout.tensors()) {
      String layer =
          LayerDepths.layer(tensor.name()).map(l -> l.stack() + "." + l.number()).orElse("");
      deltas.merge(layer, products[tensor.index()][expert][expert], Double::sum);
      bases.merge(layer, baseSquares[tensor.index()], Double::sum);
    }
    deltas.replaceAll((layer, squares) -> share(squares, bases.get(layer)));
    return Collections.unmodifiableSortedMap(deltas);
  }

  private double product(int lesser, int greater) {
    double product = 0;
    for (double[][] ofTensor : products) {
      product += ofTensor[lesser][greater];
    }
    return product;
  }

  /** One norm over another, from their squares; 0 for nothing over nothing. */
  private static double share(double squares, double ofSquares) {
    return squares == 0 ? 0 : Math.sqrt(squares) / Math.sqrt(ofSquares);
  }
}
