package org.mergetomix.training;

import java.io.Serializable;
import java.util.Locale;

/**
 * How a model is fine-tuned: AdamW, a linear warm-up and then a cosine down to a share of the
 * learning rate, gradients clipped to a norm.
 *
 * @param method what is trained
 * @param length how long
 * @param batchSize windows a step
 * @param microBatchSize windows whose gradients are computed at once, at most {@code batchSize}:
 *     less memory, the same training but for the last bits
 * @param learningRate the highest learning rate
 * @param warmupSteps steps to reach it
 * @param finalLearningRateShare what is left of it at the last step, 0 to 1
 * @param weightDecay decoupled weight decay
 * @param clipNorm the largest norm of all gradients together
 */
public record FineTuning(
    Method method,
    Length length,
    int batchSize,
    int microBatchSize,
    double learningRate,
    int warmupSteps,
    double finalLearningRateShare,
    double weightDecay,
    double clipNorm)
    implements Serializable {

  /** Part of a trained model's identity: raised whenever training would give another model. */
  public static final String VERSION = "fine-tuning/3";

  /** All parameters are trained, on a whole batch at once. */
  public FineTuning(
      Length length,
      int batchSize,
      double learningRate,
      int warmupSteps,
      double finalLearningRateShare,
      double weightDecay,
      double clipNorm) {
    this(
        new Full(),
        length,
        batchSize,
        batchSize,
        learningRate,
        warmupSteps,
        finalLearningRateShare,
        weightDecay,
        clipNorm);
  }

  /** What of a model is trained. */
  public sealed interface Method extends Serializable permits Full, LowRank {}

  /** All parameters. */
  public record Full() implements Method {}

  /** How long a model is trained. */
  public sealed interface Length extends Serializable {

    /**
     * The number of steps.
     *
     * @param windows how many windows the mixture's datasets have together
     * @param batchSize windows a step
     */
    int steps(long windows, int batchSize);
  }

  /** The same number of steps for every mixture. */
  public record Steps(int count) implements Length {
    @Override
    public int steps(long windows, int batchSize) {
      return count;
    }
  }

  /** The same number of passes over every mixture's data, so larger mixtures train longer. */
  public record Epochs(int count) implements Length {
    @Override
    public int steps(long windows, int batchSize) {
      return Math.toIntExact((windows * count + batchSize - 1) / batchSize);
    }
  }

  /**
   * The learning rate of a step. The warm-up ends before the last step, however short the training.
   *
   * @param step 1 to {@code steps}
   * @param steps the steps of the whole training
   */
  double learningRate(int step, int steps) {
    int warmup = Math.min(warmupSteps, steps - 1);
    if (step <= warmup) {
      return learningRate * step / warmup;
    }
    double cosine = (1 + Math.cos(Math.PI * (step - warmup) / (steps - warmup))) / 2;
    return learningRate * (finalLearningRateShare + (1 - finalLearningRateShare) * cosine);
  }

  /** Everything that decides the result, in one line. */
  public String describe() {
    String parts =
        microBatchSize == batchSize ? "" : " micro-batch-size=%s".formatted(microBatchSize);
    return String.format(
            Locale.ROOT,
            "%s %s %s batch-size=%d learning-rate=%s warmup-steps=%d final-learning-rate-share=%s"
                + " weight-decay=%s clip-norm=%s",
            VERSION,
            method,
            length,
            batchSize,
            learningRate,
            warmupSteps,
            finalLearningRateShare,
            weightDecay,
            clipNorm)
        + parts;
  }
}
