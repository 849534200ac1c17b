package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mergetomix.model.NativeSettings;

class TokenBatchTest {

  private static final int PADDING = 9;

  private NDManager manager;

  @BeforeEach
  void open() {
    NativeSettings.apply();
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void fillsShortWindowsUp() {
    TokenBatch batch = TokenBatch.of(manager, windows(), PADDING);

    assertThat(batch.inputs().getShape()).isEqualTo(new Shape(2, 3));
    assertThat(batch.inputs().toLongArray()).containsExactly(5, 6, 7, 1, 9, 9);
    assertThat(batch.targets().getShape()).isEqualTo(new Shape(2, 3, 1));
    assertThat(batch.targets().toLongArray()).containsExactly(6, 7, 8, 2, 9, 9);
    assertThat(batch.mask().getShape()).isEqualTo(new Shape(2, 3));
    assertThat(batch.mask().toFloatArray()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(batch.windows()).extracting(TokenWindow::example).containsExactly(0, 1);
  }

  @Test
  void countsOnlyTargets() {
    TokenBatch batch = TokenBatch.of(manager, windows(), PADDING);
    float[] logits = new float[2 * 3 * 10];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (i * 37 % 11) / 4f;
    }

    NDArray nats = batch.negativeLogLikelihood(manager.create(logits, new Shape(2, 3, 10)));

    assertThat(nats.getShape()).isEqualTo(new Shape(2, 3));
    int[] targets = {6, 7, 8, 2};
    for (int cell = 0; cell < targets.length; cell++) {
      double sum = 0;
      for (int token = 0; token < 10; token++) {
        sum += Math.exp(logits[cell * 10 + token]);
      }
      double expected = Math.log(sum) - logits[cell * 10 + targets[cell]];
      assertThat((double) nats.toFloatArray()[cell]).isEqualTo(expected, within(1e-6));
    }
    assertThat(nats.toFloatArray()[4]).isZero();
    assertThat(nats.toFloatArray()[5]).isZero();
  }

  private static List<TokenWindow> windows() {
    List<TokenWindow> windows = new ArrayList<>(TokenWindow.of(0, new int[] {5, 6, 7, 8}, 3));
    windows.addAll(TokenWindow.of(1, new int[] {1, 2}, 3));
    return windows;
  }
}
