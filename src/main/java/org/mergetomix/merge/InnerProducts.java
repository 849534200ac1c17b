package org.mergetomix.merge;

import java.util.List;
import org.mergetomix.expert.Delta;
import org.mergetomix.tensor.Layout;
import org.mergetomix.tensor.TensorPlace;
import org.mergetomix.tensor.TensorReader;

/**
 * Inner products of experts' deltas, tensor by tensor, in float64. Each is summed over the elements
 * in a fixed order of its own, so it does not depend on the other experts. Immutable.
 */
public final class InnerProducts {

  /** Which products a method asks for. */
  enum Pairs {
    NONE,
    /** Of each delta with itself. */
    OWN,
    ALL
  }

  private static final int LANES = 4;

  /** By tensor, then by the greater and the lesser expert. */
  private final double[][][] products;

  private InnerProducts(double[][][] products) {
    this.products = products;
  }

  /** Reads every delta once, unless there is nothing to compute. */
  static InnerProducts of(Layout layout, List<Delta> deltas, Pairs pairs) {
    if (pairs == Pairs.NONE) {
      return new InnerProducts(new double[0][][]);
    }
    double[][][] products = new double[layout.tensors().size()][deltas.size()][];
    float[][] chunks = new float[deltas.size()][Layout.CHUNK];
    for (TensorPlace tensor : layout.tensors()) {
      double[][] ofTensor = products[tensor.index()];
      for (int i = 0; i < ofTensor.length; i++) {
        ofTensor[i] = new double[i + 1];
      }
      List<TensorReader> readers =
          deltas.stream().map(delta -> delta.reader(tensor.name())).toList();
      for (long offset = 0; offset < tensor.elements(); offset += Layout.CHUNK) {
        int length = (int) Math.min(Layout.CHUNK, tensor.elements() - offset);
        for (int i = 0; i < chunks.length; i++) {
          readers.get(i).read(offset, chunks[i], length);
          for (int j = pairs == Pairs.ALL ? 0 : i; j <= i; j++) {
            ofTensor[i][j] += dot(chunks[i], chunks[j], length);
          }
        }
      }
    }
    return new InnerProducts(products);
  }

  double of(TensorPlace tensor, int one, int other) {
    return products[tensor.index()][Math.max(one, other)][Math.min(one, other)];
  }

  /** The cosine of the angle between two deltas; 0 where one of them is 0. */
  double cosine(TensorPlace tensor, int one, int other) {
    double lengths = Math.sqrt(of(tensor, one, one)) * Math.sqrt(of(tensor, other, other));
    return lengths == 0 ? 0 : of(tensor, one, other) / lengths;
  }

  /** In lanes that do not wait for each other. */
  public static double dot(float[] one, float[] other, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + LANES <= length; i += LANES) {
      a += (double) one[i] * other[i];
      b += (double) one[i + 1] * other[i + 1];
      c += (double) one[i + 2] * other[i + 2];
      d += (double) one[i + 3] * other[i + 3];
    }
    for (; i < length; i++) {
      a += (double) one[i] * other[i];
    }
    return (a + b) + (c + d);
  }
}
