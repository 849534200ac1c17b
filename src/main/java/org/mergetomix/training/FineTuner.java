package org.mergetomix.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.mergetomix.evaluation.TokenBatch;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.surrogate.LiveModel;

/**
 * Fine-tunes a live model in place, on the thread that calls it.
 *
 * <p>Two models can be trained side by side on two threads. DJL's own gradient collector allows one
 * in a process, so the two native calls behind it are made here.
 */
public final class FineTuner {

  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final LiveModel model;
  private final FineTuning recipe;

  /** A trainer of {@code model}, starting from the parameters that it has. */
  public FineTuner(LiveModel model, FineTuning recipe) {
    this.model = model;
    this.recipe = recipe;
  }

  /**
   * Trains on a mixture.
   *
   * @param windows the windows of every dataset of the mixture, by id
   * @param padding the token that fills a batch up
   * @param seed what the order of the data is drawn from
   * @param progress told the number of every step that is done, from 1
   * @return the mean loss of the last tenth of the steps, in nats a token
   * @throws UserException if the loss stops being a number
   */
  public double train(
      Mixture mixture,
      SortedMap<String, List<TokenWindow>> windows,
      int padding,
      long seed,
      IntConsumer progress) {
    long count = mixture.datasets().stream().mapToLong(id -> windows.get(id).size()).sum();
    int steps = recipe.length().steps(count, recipe.batchSize());
    MixtureSampler sampler = new MixtureSampler(mixture, windows, seed);
    Tracker learningRate = learningRate(steps);
    int tail = Math.max(1, steps / 10);
    double tailLoss = 0;
    try (NDManager memory = model.newScope()) {
      SortedMap<String, Moments> moments = new TreeMap<>();
      model.parameters().forEach((name, array) -> moments.put(name, Moments.of(memory, array)));
      JniUtils.setGradMode(true);
      for (int step = 1; step <= steps; step++) {
        List<TokenWindow> batch = Stream.generate(sampler::next).limit(recipe.batchSize()).toList();
        double loss = step(batch, padding, step, learningRate.getNewValue(step), moments);
        if (!Double.isFinite(loss)) {
          throw UserException.input(
              "The loss is no longer a number (%s at step %d of %d)".formatted(loss, step, steps),
              "fine-tuning on " + mixture.id(),
              "Lower training.learning-rate, or raise training.warmup-steps");
        }
        if (step > steps - tail) {
          tailLoss += loss / tail;
        }
        progress.accept(step);
      }
    } finally {
      JniUtils.setGradMode(false);
    }
    return tailLoss;
  }

  private double step(
      List<TokenWindow> windows,
      int padding,
      int step,
      float learningRate,
      SortedMap<String, Moments> moments) {
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = TokenBatch.of(scope, windows, padding);
      NDArray logits = model.logitsWithGradients(batch.inputs(), scope);
      float targets = batch.mask().sum().getFloat();
      NDArray loss = batch.negativeLogLikelihood(logits).sum().div(targets);
      double value = loss.getFloat();
      if (!Double.isFinite(value)) {
        return value;
      }
      JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
      update(scope, step, learningRate, moments);
      return value;
    } catch (EngineException failure) {
      throw new IllegalStateException("Training step " + step + " failed", failure);
    }
  }

  private void update(
      NDManager scope, int step, float learningRate, SortedMap<String, Moments> moments) {
    List<NDArray> gradients = new ArrayList<>();
    double squares = 0;
    for (NDArray parameter : model.parameters().values()) {
      NDArray gradient = parameter.getGradient();
      gradient.attach(scope);
      gradients.add(gradient);
      squares += gradient.square().sum().getFloat();
    }
    float rescale = (float) Math.min(1, recipe.clipNorm() / Math.sqrt(squares));
    float correction =
        (float) (learningRate * Math.sqrt(1 - Math.pow(BETA2, step)) / (1 - Math.pow(BETA1, step)));
    int next = 0;
    for (Map.Entry<String, NDArray> entry : model.parameters().entrySet()) {
      NDArray parameter = entry.getValue();
      NDArray gradient = gradients.get(next++);
      Moments state = moments.get(entry.getKey());
      parameter
          .getNDArrayInternal()
          .adamUpdate(
              new NDList(parameter, gradient, state.mean(), state.variance()),
              new NDList(parameter),
              learningRate,
              correction,
              (float) recipe.weightDecay(),
              rescale,
              -1f,
              BETA1,
              BETA2,
              EPSILON,
              false,
              true);
    }
  }

  private Tracker learningRate(int steps) {
    float highest = (float) recipe.learningRate();
    int warmup = Math.min(recipe.warmupSteps(), steps - 1);
    Tracker cosine =
        Tracker.cosine()
            .setBaseValue(highest)
            .optFinalValue((float) (highest * recipe.finalLearningRateShare()))
            .setMaxUpdates(steps - warmup)
            .build();
    if (warmup <= 0) {
      return cosine;
    }
    return Tracker.warmUp()
        .setMainTracker(cosine)
        .optWarmUpBeginValue(0)
        .optWarmUpSteps(warmup)
        .build();
  }

  /** AdamW's running means of a parameter's gradient and of its square. */
  private record Moments(NDArray mean, NDArray variance) {
    static Moments of(NDManager memory, NDArray parameter) {
      return new Moments(
          memory.zeros(parameter.getShape(), parameter.getDataType()),
          memory.zeros(parameter.getShape(), parameter.getDataType()));
    }
  }
}
