package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.mergetomix.testing.ByteTransformer;

/** Native memory, which no heap limit holds, is given back. */
class NativeMemoryTest {

  private static final Shape BATCH = new Shape(64, ByteTransformer.CONTEXT);

  /** Far above what a JVM's own memory moves by, far below what is lost without giving back. */
  private static final long BOUND = 40L << 20;

  @Test
  void nothingOutlivesItsScope() {
    try (LiveModel model = ByteTransformer.load();
        NDManager tokens = model.newScope()) {
      NDArray batch = tokens.zeros(new Shape(2, 5), DataType.INT64);
      int before = arrays(model);

      try (NDManager scope = model.newScope()) {
        model.logits(batch, scope);
        model.logitsWithGradients(batch, scope).sum();
        assertThat(arrays(model)).isGreaterThan(before);
      }

      assertThat(arrays(model)).isEqualTo(before);
      assertThat(tokens.getManagedArrays()).containsExactly(batch);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void doesNotGrowWithForwardPasses() {
    try (LiveModel model = ByteTransformer.load();
        NDManager tokens = model.newScope()) {
      NDArray batch = tokens.zeros(BATCH, DataType.INT64);
      // The logits of a batch take 3 MB.
      assertBounded(
          40,
          () -> {
            try (NDManager scope = model.newScope()) {
              model.logits(batch, scope);
            }
          });
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void doesNotGrowWithModels() {
    // A model takes at least 0.6 MB.
    assertBounded(250, () -> LiveModel.load(ByteTransformer.GRAPH).close());
  }

  private static void assertBounded(int times, Runnable work) {
    repeat(times / 10, work);
    long before = residentBytes();
    repeat(times, work);
    assertThat(residentBytes() - before).isLessThan(BOUND);
  }

  private static void repeat(int times, Runnable work) {
    for (int i = 0; i < times; i++) {
      work.run();
    }
  }

  private static int arrays(LiveModel model) {
    try (NDManager scope = model.newScope()) {
      return scope.getParentManager().getManagedArrays().size();
    }
  }

  private static long residentBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
