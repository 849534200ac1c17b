package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
    assertThat(batch.targets().getShape()).isEqualTo(new Shape(2, 3));
    assertThat(batch.targets().toLongArray()).containsExactly(6, 7, 8, 2, 9, 9);
    assertThat(batch.mask().getShape()).isEqualTo(new Shape(2, 3));
    assertThat(batch.mask().toFloatArray()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(batch.texts()).isEmpty();
  }

  @Test
  void packsShortWindowsIntoTheRowsOfLongOnes() {
    List<TokenWindow> windows = new ArrayList<>();
    for (int length : new int[] {1, 3, 2, 4, 1}) {
      int first = 10 * (windows.size() + 1);
      windows.addAll(TokenWindow.of(0, IntStream.rangeClosed(first, first + length).toArray(), 9));
    }

    TokenBatch batch = TokenBatch.packed(manager, windows, PADDING);

    assertThat(batch.inputs().getShape()).isEqualTo(new Shape(3, 4));
    assertThat(batch.inputs().toLongArray())
        .containsExactly(40, 41, 42, 43, 20, 21, 22, 10, 30, 31, 50, 9);
    assertThat(batch.targets().toLongArray())
        .containsExactly(41, 42, 43, 44, 21, 22, 23, 11, 31, 32, 51, 9);
    assertThat(batch.mask().toFloatArray()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
    assertThat(batch.texts().orElseThrow().toLongArray())
        .containsExactly(1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 0);
  }

  @Test
  void countsOnlyWhatIsAskedFor() {
    List<TokenWindow> windows = new ArrayList<>(windows());
    windows.addAll(TokenWindow.rolling(2, new int[] {1, 2, 3, 4, 5}, 3));
    TokenBatch batch = TokenBatch.of(manager, windows, PADDING);
    float[] losses = new float[12];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = i + 1;
    }

    NDArray nats = batch.negativeLogLikelihood(manager.create(losses, new Shape(4, 3)));

    assertThat(nats.toFloatArray()).containsExactly(1, 2, 3, 4, 0, 0, 7, 8, 9, 0, 0, 12);
  }

  private static List<TokenWindow> windows() {
    List<TokenWindow> windows = new ArrayList<>(TokenWindow.of(0, new int[] {5, 6, 7, 8}, 3));
    windows.addAll(TokenWindow.of(1, new int[] {1, 2}, 3));
    return windows;
  }
}
