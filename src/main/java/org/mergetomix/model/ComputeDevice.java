package org.mergetomix.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.Optional;

/**
 * Where a live model's parameters are and its arithmetic happens. Immutable.
 *
 * @param gpu the GPU's number on its machine; empty for the CPU
 */
public record ComputeDevice(Optional<Integer> gpu) {

  /** The CPU. */
  public static final ComputeDevice CPU = new ComputeDevice(Optional.empty());

  /** A GPU by its number, from 0. */
  public static ComputeDevice gpu(int number) {
    return new ComputeDevice(Optional.of(number));
  }

  /** Whether the native library of this process can use it; loads that library. */
  public boolean isUsable() {
    NativeSettings.apply();
    return gpu.isEmpty() || gpu.get() < Engine.getEngine(LiveModel.ENGINE).getGpuCount();
  }

  /** Scores repeat to the last bit on one kind of device, not between kinds. */
  public String kind() {
    return gpu.isEmpty() ? "cpu" : "gpu";
  }

  Device device() {
    return gpu.map(Device::gpu).orElseGet(Device::cpu);
  }

  @Override
  public String toString() {
    return gpu.map(number -> "GPU " + number).orElse("CPU");
  }
}
