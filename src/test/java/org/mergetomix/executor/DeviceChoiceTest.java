package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.model.ComputeDevice;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class DeviceChoiceTest {

  @Test
  void takesTheFirstGpuThatSparkGave() {
    assertThat(DeviceChoice.at("3", "1")).isEqualTo(ComputeDevice.gpu(3));
  }

  @Test
  void isTheCpuOutsideOfTasks() {
    assertThat(DeviceChoice.given()).isEqualTo(ComputeDevice.CPU);
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
