package org.mergetomix.training;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.mergetomix.evaluation.TokenBatch;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.problem.UserException;

/**
 * Fine-tunes a live model in place, on the thread that calls it.
 *
 * <p>Two models can be trained side by side on two threads. DJL's own gradient collector allows one
 * in a process, so the two native calls behind it are made here.
 */
public final class FineTuner {

  private final LanguageModel model;
  private final SortedMap<String, NDArray> trained;
  private final FineTuning recipe;

  /** A trainer of all parameters of {@code model}, starting from what they are. */
  public FineTuner(LanguageModel model, FineTuning recipe) {
    this(model, model.parameters(), recipe);
  }

  /**
   * A trainer of some arrays that {@code model} computes with, starting from what they are. Nothing
   * else has gradients or an optimiser's state.
   */
  FineTuner(LanguageModel model, SortedMap<String, NDArray> trained, FineTuning recipe) {
    this.model = model;
    this.trained = trained;
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
   * @throws UserException if the loss or the gradients stop being numbers
   */
  public double train(
      Mixture mixture,
      SortedMap<String, List<TokenWindow>> windows,
      int padding,
      long seed,
      IntConsumer progress) {
    long count = mixture.datasets().stream().mapToLong(id -> windows.get(id).size()).sum();
    int steps = recipe.length().steps(count, recipe.batchSize());
    MixtureSampler<TokenWindow> sampler = new MixtureSampler<>(mixture, windows, seed);
    int tail = Math.max(1, steps / 10);
    double tailLoss = 0;
    trained.values().forEach(parameter -> parameter.setRequiresGradient(true));
    try (NDManager memory = model.newScope()) {
      AdamW optimiser = new AdamW(memory, trained, recipe.weightDecay());
      JniUtils.setGradMode(true);
      for (int step = 1; step <= steps; step++) {
        Moment moment = new Moment(mixture, step, steps);
        double loss = step(sampler.batch(recipe.batchSize()), padding, optimiser, moment);
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

  private double step(List<TokenWindow> windows, int padding, AdamW optimiser, Moment moment) {
    try (NDManager scope = model.newScope()) {
      float asked = windows.stream().mapToInt(TokenWindow::asked).sum();
      double value = 0;
      for (int first = 0; first < windows.size(); first += recipe.microBatchSize()) {
        int end = Math.min(first + recipe.microBatchSize(), windows.size());
        value += backward(windows.subList(first, end), padding, asked);
      }
      moment.finite("loss", value);
      SortedMap<String, NDArray> gradients = gradients(scope);
      double norm = moment.finite("norm of the gradients", norm(gradients));
      optimiser.step(
          gradients,
          recipe.learningRate(moment.step(), moment.steps()),
          Math.min(1, recipe.clipNorm() / norm));
      return value;
    } catch (EngineException failure) {
      throw new IllegalStateException("Training step " + moment.step() + " failed", failure);
    }
  }

  /**
   * Adds some windows' part of the gradients to those that are there.
   *
   * @param asked how many tokens the whole batch asks for
   * @return their part of the loss
   */
  private float backward(List<TokenWindow> windows, int padding, float asked) {
    try (NDManager scope = model.newScope()) {
      TokenBatch batch = TokenBatch.of(scope, windows, padding);
      NDArray losses = model.lossesWithGradients(batch.inputs(), batch.targets(), scope);
      NDArray loss = batch.negativeLogLikelihood(losses).sum().div(scope.create(asked));
      JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
      return loss.getFloat();
    }
  }

  private SortedMap<String, NDArray> gradients(NDManager scope) {
    SortedMap<String, NDArray> gradients = new TreeMap<>();
    trained.forEach(
        (name, parameter) -> {
          NDArray gradient = parameter.getGradient();
          gradient.attach(scope);
          gradients.put(name, gradient);
        });
    return gradients;
  }

  /** The norm of all gradients together. */
  private static double norm(SortedMap<String, NDArray> gradients) {
    double squares = 0;
    for (NDArray gradient : gradients.values()) {
      squares += gradient.square().sum().getFloat();
    }
    return Math.sqrt(squares);
  }

  /** Where a training is, for its messages. */
  private record Moment(Mixture mixture, int step, int steps) {

    double finite(String name, double value) {
      if (!Double.isFinite(value)) {
        throw UserException.input(
            "The %s is no longer a number (%s at step %s of %s)"
                .formatted(name, value, step, steps),
            "fine-tuning on " + mixture.id(),
            "Lower training.learning-rate, or raise training.warmup-steps");
      }
      return value;
    }
  }
}
