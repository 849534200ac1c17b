package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.model.Precision;
import org.mergetomix.plan.ModelInput;
import org.mergetomix.problem.Problem;
import org.mergetomix.worker.WorkerSettings;

class NotANumberTest {

  private static final ModelInput FLOAT32 =
      new ModelInput.OfFamily("llama", "digest", Precision.FLOAT32);
  private static final ModelInput BFLOAT16 =
      new ModelInput.OfFamily("llama", "digest", Precision.BFLOAT16);

  @Test
  void offersAWiderPrecisionWhereThereIsOne() {
    assertThat(remedy(List.of(), FLOAT32)).contains("merge.lambda").doesNotContain("precision");
    assertThat(remedy(List.of(), BFLOAT16)).contains("set evaluation.precision to float32");
  }

  @Test
  void saysWhatTypesAWorkerReads() {
    ModelInput worker =
        new ModelInput.OfWorker(
            new WorkerSettings(
                List.of(),
                "python3",
                "/dev/shm",
                300,
                1,
                WorkerSettings.Network.NONE,
                WorkerSettings.Experts.MERGED),
            "folder",
            Precision.FLOAT32,
            new TreeMap<>(),
            List.of());
    assertThat(remedy(List.of(), worker))
        .contains("float16, which ends at 65,504", "bfloat16")
        .doesNotContain("evaluation.precision");
  }

  @Test
  void namesTheInputsWhereTheyAreToBlame() {
    Problem input = new Problem("The expert of a has a NaN", "a.safetensors", "Train it again");
    assertThat(remedy(List.of(input), BFLOAT16))
        .isEqualTo("The expert of a has a NaN (a.safetensors). Train it again");
  }

  private static String remedy(List<Problem> inputs, ModelInput model) {
    return NotANumber.problem("task", inputs, model).remedy();
  }
}
