package org.mergetomix.statistics.decision;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * The examples of a task, drawn anew with replacement many times: the same draws for every model.
 * They are made where they are needed, and so travel as little. For one thread.
 */
public final class Resamples implements Serializable {

  private static final long serialVersionUID = 1L;

  private final double[] exampleWeights;
  private final int count;
  private final long seed;

  private transient float[][] shares;

  /**
   * Draws of these examples.
   *
   * @param exampleWeights a weight per example, above 0
   * @param count how often they are drawn; 400 or more for a 95 % interval
   */
  public Resamples(double[] exampleWeights, int count, long seed) {
    this.exampleWeights = exampleWeights.clone();
    this.count = count;
    this.seed = seed;
  }

  /** How often the examples are drawn. */
  public int count() {
    return count;
  }

  /**
   * The weighted mean of some scores in each draw.
   *
   * @param exampleScores one per example
   */
  public double[] means(double[] exampleScores) {
    if (shares == null) {
      shares = draw();
    }
    double[] means = new double[count];
    for (int b = 0; b < count; b++) {
      for (int example = 0; example < exampleScores.length; example++) {
        means[b] += shares[b][example] * exampleScores[example];
      }
    }
    return means;
  }

  private float[][] draw() {
    SplittableRandom random = new SplittableRandom(seed);
    int examples = exampleWeights.length;
    float[][] drawn = new float[count][examples];
    for (float[] weights : drawn) {
      double sum = 0;
      for (int draw = 0; draw < examples; draw++) {
        int example = random.nextInt(examples);
        weights[example] += (float) exampleWeights[example];
        sum += exampleWeights[example];
      }
      for (int example = 0; example < examples; example++) {
        weights[example] /= (float) sum;
      }
    }
    return drawn;
  }
}
