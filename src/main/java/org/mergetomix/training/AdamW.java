package org.mergetomix.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adam with decoupled weight decay, of all parameters alike. Its running means live in the memory
 * that it is given. Not safe for use by several threads.
 */
final class AdamW {

  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;
  private static final float UNCLAMPED = -1;

  private final SortedMap<String, NDArray> parameters;
  private final SortedMap<String, Moments> moments = new TreeMap<>();
  private final float weightDecay;
  private int steps;

  AdamW(NDManager memory, SortedMap<String, NDArray> parameters, double weightDecay) {
    this.parameters = parameters;
    this.weightDecay = (float) weightDecay;
    parameters.forEach((name, parameter) -> moments.put(name, Moments.of(memory, parameter)));
  }

  /**
   * Overwrites the parameters, and sets their gradients back to zero.
   *
   * @param gradients by parameter
   * @param rescale what the gradients are multiplied by first
   */
  void step(SortedMap<String, NDArray> gradients, double learningRate, double rescale) {
    steps++;
    // The means start at zero, so they are too small at first. DJL wants that corrected outside of
    // the fraction, where epsilon has to follow the square root that it is added to.
    double mean = 1 - Math.pow(BETA1, steps);
    double root = Math.sqrt(1 - Math.pow(BETA2, steps));
    parameters.forEach(
        (name, parameter) -> {
          Moments state = moments.get(name);
          parameter
              .getNDArrayInternal()
              .adamUpdate(
                  new NDList(parameter, gradients.get(name), state.mean(), state.variance()),
                  new NDList(parameter),
                  (float) learningRate,
                  (float) (learningRate * root / mean),
                  weightDecay,
                  (float) rescale,
                  UNCLAMPED,
                  BETA1,
                  BETA2,
                  (float) (EPSILON * root),
                  false,
                  true);
        });
  }

  /** Running means of a parameter's gradient and of its square. */
  private record Moments(NDArray mean, NDArray variance) {
    static Moments of(NDManager memory, NDArray parameter) {
      return new Moments(
          memory.zeros(parameter.getShape(), parameter.getDataType()),
          memory.zeros(parameter.getShape(), parameter.getDataType()));
    }
  }
}
