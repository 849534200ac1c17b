package org.mergetomix.executor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.UserException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device of a task: the GPU that Spark gave it, as {@code spark.task.resource.gpu.amount} has
 * it, otherwise the CPU. Tasks that share a GPU are given the same one.
 */
public final class DeviceChoice {

  private static final Logger LOGGER = LoggerFactory.getLogger(DeviceChoice.class);

  private static final String GPU = "gpu";

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private DeviceChoice() {}

  /** The first of what Spark gave the task of this thread; the CPU where there is no task. */
  public static ComputeDevice given() {
    return all().get(0);
  }

  /** Everything that Spark gave the task of this thread: GPUs, or the CPU alone. */
  public static List<ComputeDevice> all() {
    return Optional.ofNullable(TaskContext.get())
        .map(task -> task.resourcesJMap().get(GPU))
        .map(ResourceInformation::addresses)
        .map(addresses -> Arrays.stream(addresses).map(DeviceChoice::at).toList())
        .orElse(List.of(ComputeDevice.CPU));
  }

  /**
   * The GPU at an address that Spark gave.
   *
   * @throws UserException usage, if it is not the number of a GPU
   */
  static ComputeDevice at(String address) {
    if (!NUMBER.matcher(address).matches()) {
      throw UserException.usage(
          "Spark gave a task the GPU %s, but PyTorch knows GPUs by numbers from 0"
              .formatted(address),
          "spark.executor.resource.gpu.discoveryScript",
          "Have it tell numbers, as deploy/gpu/gpus.sh does");
    }
    return ComputeDevice.gpu(Integer.parseInt(address));
  }

  /** The same if PyTorch can use it here, otherwise the CPU, which is said once. */
  public static ComputeDevice usable(ComputeDevice given) {
    if (given.isUsable()) {
      return given;
    }
    if (!TOLD.getAndSet(true)) {
      LOGGER.warn(
          "Spark gave a task {}, but PyTorch has no CUDA here: this executor works on the CPU."
              + " Say where PyTorch for CUDA lies with PYTORCH_LIBRARY_PATH.",
          given);
    }
    return ComputeDevice.CPU;
  }

  /**
   * The same for surrogates whose precision and merger were decided before.
   *
   * @throws UserException usage, if one was decided for a GPU that cannot be used
   */
  static ComputeDevice forEvaluation(
      ComputeDevice given, Precision precision, MergeDevice mergeDevice) {
    if (mergeDevice == MergeDevice.GPU && !given.isUsable()) {
      throw UserException.usage(
          "Spark gave a task %s, but PyTorch has no CUDA here, and mixtures are to be merged there"
              .formatted(given),
          "merge.device",
          "Say where PyTorch for CUDA lies with PYTORCH_LIBRARY_PATH, or set it to cpu");
    }
    return usable(given, precision, "evaluation.precision");
  }

  /** The same for a model that is trained; otherwise as {@link #forEvaluation}. */
  public static ComputeDevice forTraining(ComputeDevice given, Precision precision) {
    return usable(given, precision, "training.precision");
  }

  private static ComputeDevice usable(ComputeDevice given, Precision precision, String key) {
    if (precision == Precision.BFLOAT16 && !given.isUsable()) {
      throw UserException.usage(
          "Spark gave a task %s, but PyTorch has no CUDA here, and what was planned in bfloat16 for GPUs"
                  .formatted(given)
              + " is not done on a CPU instead",
          key,
          "Say where PyTorch for CUDA lies with PYTORCH_LIBRARY_PATH, or set it to float32");
    }
    return usable(given);
  }
}
