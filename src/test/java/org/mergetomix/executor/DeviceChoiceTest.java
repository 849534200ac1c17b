package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.merge.MergeDevice;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class DeviceChoiceTest {

  @Test
  void takesTheGpuThatSparkGave() {
    assertThat(DeviceChoice.at("3")).isEqualTo(ComputeDevice.gpu(3));
  }

  @Test
  void isTheCpuOutsideOfTasks() {
    assertThat(DeviceChoice.given()).isEqualTo(ComputeDevice.CPU);
  }

  /** What was decided for a GPU is not done on a CPU by itself. */
  @Test
  void goesOnOnTheCpuInFloat32Alone() {
    ComputeDevice missing = ComputeDevice.gpu(1000);

    assertThat(DeviceChoice.forEvaluation(missing, Precision.FLOAT32, MergeDevice.CPU))
        .isEqualTo(ComputeDevice.CPU);
    assertThat(DeviceChoice.forTraining(ComputeDevice.CPU, Precision.BFLOAT16))
        .isEqualTo(ComputeDevice.CPU);
    assertThatThrownBy(
            () -> DeviceChoice.forEvaluation(missing, Precision.BFLOAT16, MergeDevice.CPU))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Spark gave a task GPU 1000, but PyTorch has no CUDA here, and what was planned in"
                + " bfloat16 for GPUs is not done on a CPU instead (evaluation.precision). Say"
                + " where PyTorch for CUDA lies with PYTORCH_LIBRARY_PATH, or set it to float32.");
  }

  @Test
  void doesNotMergeOnTheCpuWhatWasToBeMergedOnAGpu() {
    assertThatThrownBy(
            () ->
                DeviceChoice.forEvaluation(
                    ComputeDevice.gpu(1000), Precision.FLOAT32, MergeDevice.GPU))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Spark gave a task GPU 1000, but PyTorch has no CUDA here, and mixtures are to be"
                + " merged there (merge.device). Say where PyTorch for CUDA lies with"
                + " PYTORCH_LIBRARY_PATH, or set it to cpu.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MIG-1c6b", "GPU-0", "-1", "", "99999999999"})
  void refusesAGpuWithoutANumber(String address) {
    assertThatThrownBy(() -> DeviceChoice.at(address))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Spark gave a task the GPU %s, but PyTorch knows GPUs by numbers from 0"
                + " (spark.executor.resource.gpu.discoveryScript). Have it tell numbers, as"
                + " deploy/gpu/gpus.sh does.",
            address);
  }
}
