package org.mergetomix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.memory.ExecutorMemory.Kind;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.Problem;
import org.mergetomix.tensor.DType;
import org.mergetomix.tensor.TensorSpec;

class TrainingMemoryTest {

  private static final long GIB = 1 << 30;

  private static final ExecutorMemory LOCAL =
      new ExecutorMemory(Kind.LOCAL, 0, 4, 8 * GIB, 64 * GIB, 64 * GIB);

  @Test
  void addsUpWhatTrainingsTake() {
    TrainingMemory plan = new TrainingMemory(2 * GIB, 2 * GIB, 4 * GIB, GIB, 6, 3, LOCAL);

    assertThat(plan.activations()).isEqualTo(6 * GIB);
    assertThat(plan.one()).isEqualTo(14 * GIB);
    assertThat(plan.all()).isEqualTo(42 * GIB);
    assertThat(plan.problem()).isEmpty();
  }

  @Test
  void keepsWhatGoesIntoLayersAndTheLogits() {
    TreeMap<String, TensorSpec> model = new TreeMap<>();
    model.put("embedding", new TensorSpec("embedding", DType.BF16, List.of(1000L, 8L)));
    model.put("up", new TensorSpec("up", DType.BF16, List.of(22L, 8L)));
    model.put("norm", new TensorSpec("norm", DType.BF16, List.of(8L)));
    TreeMap<String, TensorSpec> factors = new TreeMap<>();
    factors.put("A", new TensorSpec("A", DType.F32, List.of(2L, 8L)));
    factors.put("B", new TensorSpec("B", DType.F32, List.of(22L, 2L)));

    assertThat(new TrainingMemory.Work(model, model, 10, 1000, Precision.FLOAT32).kept())
        .isEqualTo(10 * 4 * (42 + 3000));
    assertThat(new TrainingMemory.Work(model, factors, 10, 1000, Precision.FLOAT32).kept())
        .isEqualTo(10 * 4 * (42 + 3000 + 34));
    assertThat(new TrainingMemory.Work(model, factors, 10, 1000, Precision.BFLOAT16).kept())
        .isEqualTo(10 * (2 * 42 + 4 * (3000 + 34)));
  }

  @Test
  void saysWhichBatchFits() {
    assertThat(new TrainingMemory(2 * GIB, 2 * GIB, 4 * GIB, GIB, 16, 3, LOCAL).problem())
        .map(Problem::message)
        .hasValue(
            "Fine-tuning needs 72.0 GiB on an executor (trainings at once: 3, each 24.0 GiB:"
                + " parameters 2.0 GiB, gradients 2.0 GiB, optimiser 4.0 GiB, activations about"
                + " 16.0 GiB), but that may take 64.0 GiB beside its heap"
                + " (training.micro-batch-size)."
                + " Set it to 13, or run fewer trainings at once by spark.master.");
  }

  @Test
  void saysWhenNoBatchFits() {
    ExecutorMemory container = new ExecutorMemory(Kind.CONTAINER, 0, 2, 8 * GIB, 16 * GIB, 6 * GIB);

    assertThat(new TrainingMemory(2 * GIB, 2 * GIB, 4 * GIB, GIB, 1, 2, container).problem())
        .map(Problem::message)
        .hasValueSatisfying(
            message ->
                assertThat(message)
                    .endsWith(
                        "(training.method). Run fewer trainings at once by spark.executor.cores,"
                            + " set training.method = lora, or use machines with more memory."));
  }

  @Test
  void leavesGpusToThemselves() {
    ExecutorMemory gpu = new ExecutorMemory(Kind.CONTAINER, 2, 2, GIB, GIB, GIB);

    assertThat(new TrainingMemory(2 * GIB, GIB, GIB, GIB, 1, 2, gpu).problem()).isEmpty();
  }
}
