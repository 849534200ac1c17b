package org.mergetomix.training;

import java.io.Serializable;
import java.util.Locale;

/**
 * How a model is fine-tuned: AdamW, a linear warm-up and then a cosine down to a share of the
 * learning rate, gradients clipped to a norm.
 *
 * @param method what is trained
 * @param length how long
 * @param shares what the weights of a mixture are shares of
 * @param packing how the windows of a batch are laid out: the same training but for the last bits
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
    Shares shares,
    Packing packing,
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

  /** All parameters are trained, on a whole batch at once, in shares of the examples. */
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
        Shares.EXAMPLE,
        Packing.NONE,
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

  /** What a window counts in its dataset's share of a training. */
  public enum Shares {
    /** As much as any other. */
    EXAMPLE,
    /** The tokens of it that are trained on. */
    TOKEN;

    /**
     * What it counts, 1 or more.
     *
     * @param tokens how many of its tokens are trained on
     */
    int of(int tokens) {
      return this == EXAMPLE ? 1 : tokens;
    }
  }

  /** How windows are laid out whose gradients are computed at once. */
  public enum Packing {
    /** A row each, as long as the longest. */
    NONE,
    /** Several in a row, where they fit, which do not see each other. */
    MASKED
  }

  /** How long a model is trained. */
  public sealed interface Length extends Serializable {

    /** The number of steps on some data. */
    int steps(DrawnTokens drawn, int batchSize);
  }

  /** The same number of steps for every mixture. */
  public record Steps(int count) implements Length {
    @Override
    public int steps(DrawnTokens drawn, int batchSize) {
      return count;
    }
  }

  /** The same number of passes over every mixture's data, so larger mixtures train longer. */
  public record Epochs(int count) implements Length {
    @Override
    public int steps(DrawnTokens drawn, int batchSize) {
      return Math.toIntExact((drawn.windows() * count + batchSize - 1) / batchSize);
    }
  }

  /** For every mixture until so many tokens were trained on, and the step that reaches them. */
  public record Tokens(long count) implements Length {
    @Override
    public int steps(DrawnTokens drawn, int batchSize) {
      return drawn.batches(count, batchSize);
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
        (shares == Shares.EXAMPLE ? "" : " shares=%s".formatted(shares))
            + (packing == Packing.NONE ? "" : " packing=%s".formatted(packing))
            + (microBatchSize == batchSize
                ? ""
                : " micro-batch-size=%s by length".formatted(microBatchSize));
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
