package org.mergetomix.memory;

import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.TaskShare;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.TensorSpec;

/**
 * What fine-tuning needs of one executor beside its heap, and what that has. All sizes are in bytes
 * and of one training. Immutable.
 *
 * @param parameters the model's weights, and an adapter's factors
 * @param gradients of what is trained
 * @param optimiser AdamW's two running means of what is trained
 * @param example what a forward pass keeps for the backward pass of the longest example: an
 *     estimate, which attention over masks or windows may exceed
 * @param microBatchSize examples whose gradients are computed at once
 * @param trainings how many run on the executor at once
 * @param executor what it has
 */
public record TrainingMemory(
    long parameters,
    long gradients,
    long optimiser,
    long example,
    int microBatchSize,
    int trainings,
    ExecutorMemory executor) {

  private static final String MICRO_BATCH_SIZE = "training.micro-batch-size";

  /**
   * What a causal language model is trained on, as far as it decides memory.
   *
   * @param model every weight once
   * @param trained what is moved: the weights, or an adapter's factors
   * @param length tokens of the longest example
   * @param vocabulary how many tokens the model knows
   * @param precision of the weights and hidden states; factors and logits are float32
   */
  public record Work(
      SortedMap<String, TensorSpec> model,
      SortedMap<String, TensorSpec> trained,
      int length,
      long vocabulary,
      Precision precision) {

    /** Whether all weights are trained, and no factors beside them. */
    boolean whole() {
      return trained.keySet().equals(model.keySet());
    }

    /**
     * A layer keeps what goes into its matrices and out of them, and two fifths as much for norms,
     * activations and attention; factors keep the same of theirs once more; the loss keeps and
     * makes three times the logits. Of a Llama of 6.8 million parameters on a CPU, 2,048 tokens
     * more in a batch took 3 % more than this says, and with factors of rank 16 9 % more.
     */
    long kept() {
      long states = ends(model) * 7 / 5;
      long beside = 3L * vocabulary + (whole() ? 0 : ends(trained));
      return length * (precision.dtype().bytes() * states + Float.BYTES * beside);
    }

    private long ends(SortedMap<String, TensorSpec> tensors) {
      return tensors.values().stream()
          .filter(tensor -> tensor.shape().size() == 2)
          .filter(tensor -> !tensor.shape().contains(vocabulary))
          .mapToLong(tensor -> tensor.shape().get(0) + tensor.shape().get(1))
          .sum();
    }
  }

  /**
   * The plan of some trainings.
   *
   * @param wanted how many models there are to train, at least 1
   */
  public static TrainingMemory of(
      SparkSession spark, Configuration configuration, Work work, int wanted) {
    ExecutorMemory executor = ExecutorMemory.ask(spark, TaskShare.ofTraining(spark, configuration));
    long trained = Float.BYTES * elements(work.trained());
    return new TrainingMemory(
        work.precision().dtype().bytes() * elements(work.model()) + (work.whole() ? 0 : trained),
        trained,
        2 * trained,
        work.kept(),
        configuration.training().atOnce(),
        Math.min(executor.slots(), wanted),
        executor);
  }

  private static long elements(SortedMap<String, TensorSpec> tensors) {
    return tensors.values().stream().mapToLong(TensorSpec::elements).sum();
  }

  /** What a forward pass keeps of a batch. */
  public long activations() {
    return microBatchSize * example;
  }

  /** One training. */
  public long one() {
    return fixed() + activations();
  }

  private long fixed() {
    return parameters + gradients + optimiser;
  }

  /** All trainings that run at once. */
  public long all() {
    return trainings * one();
  }

  /** What is wrong where they do not fit; on a GPU nobody looks. */
  public Optional<Problem> problem() {
    if (executor.modelsOfAGpu() > 0 || all() <= executor.outsideHeap()) {
      return Optional.empty();
    }
    long room = executor.outsideHeap() / trainings - fixed();
    long fitting = room / Math.max(1, example);
    return Optional.of(
        new Problem(
            "Fine-tuning needs %s on an executor (trainings at once: %s, each %s: %s), but that may"
                    .formatted(new ByteCount(all()), trainings, new ByteCount(one()), inWords())
                + " take %s beside its heap".formatted(new ByteCount(executor.outsideHeap())),
            fitting > 0 ? MICRO_BATCH_SIZE : "training.method",
            fitting > 0
                ? "Set it to %s, or run fewer trainings at once by %s"
                    .formatted(fitting, executor.kind().coresKey())
                : "Run fewer trainings at once by %s, set %s, or use machines with more memory"
                    .formatted(executor.kind().coresKey(), "training.method = lora")));
  }

  private String inWords() {
    return "parameters %s, gradients %s, optimiser %s, activations about %s"
        .formatted(
            new ByteCount(parameters),
            new ByteCount(gradients),
            new ByteCount(optimiser),
            new ByteCount(activations()));
  }
}
