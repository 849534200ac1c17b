package org.mergetomix.demo;

import java.util.Random;
import java.util.SortedMap;
import org.mergetomix.tensor.TensorSource;
import org.mergetomix.tensor.TensorSpec;

/**
 * The weights that the example's model starts its life with, drawn from a seed: matrices from a
 * normal distribution with standard deviation 0.02, norms 1. A tensor's values depend on the seed
 * and its name alone. It must be read in order, as a writer does.
 */
final class InitialWeights implements TensorSource {

  private static final double STANDARD_DEVIATION = 0.02;

  private final SortedMap<String, TensorSpec> tensors;
  private final long seed;
  private Random random = new Random(0);

  InitialWeights(SortedMap<String, TensorSpec> tensors, long seed) {
    this.tensors = tensors;
    this.seed = seed;
  }

  @Override
  public void read(String tensor, long offset, float[] destination, int length) {
    if (offset == 0) {
      random = new Random(seed ^ tensor.hashCode());
    }
    boolean matrix = tensors.get(tensor).shape().size() > 1;
    for (int i = 0; i < length; i++) {
      destination[i] = matrix ? (float) (random.nextGaussian() * STANDARD_DEVIATION) : 1;
    }
  }
}
