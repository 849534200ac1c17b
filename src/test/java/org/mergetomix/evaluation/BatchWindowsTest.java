package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.mergetomix.score.Blocks;

class BatchWindowsTest {

  @Test
  void takesNeighboursInLengthAndKeepsTheOrderOfEqualOnes() {
    List<TokenWindow> windows = windows(3, 1, 2, 3, 1);

    List<BatchWindows> batches = BatchWindows.of(windows, 2);

    assertThat(batches).hasSize(3);
    assertThat(batches.stream().flatMap(batch -> batch.places().stream()))
        .containsExactly(1, 4, 2, 0, 3);
    for (BatchWindows batch : batches) {
      assertThat(batch.windows())
          .isEqualTo(batch.places().stream().map(windows::get).toList())
          .hasSizeBetween(1, 2);
    }
  }

  @Test
  void takesShortAndLongApartWherePaddingWouldCostMoreThanABatch() {
    assertThat(BatchWindows.of(windows(40, 40, 1, 1, 1), 16))
        .extracting(BatchWindows::places)
        .containsExactly(List.of(2, 3, 4), List.of(0, 1));
    assertThat(BatchWindows.of(windows(4, 4, 1, 1, 1), 16)).hasSize(1);
  }

  /** Lengths as names have them: from 3 to 40, the short ones frequent. */
  @Test
  void needsLittlePaddingInSpiteOfBlocks() {
    Random random = new Random(1);
    int[] lengths =
        random.ints(400, 0, 1000).map(draw -> 3 + (int) (37 * Math.pow(draw / 1e3, 2))).toArray();
    List<TokenWindow> windows = windows(lengths);

    long tokens = windows.stream().mapToLong(TokenWindow::length).sum();
    List<BatchWindows> batches =
        Blocks.of(lengths.length).stream()
            .map(block -> windows.subList(block.from(), block.to()))
            .flatMap(block -> BatchWindows.of(block, 16).stream())
            .toList();

    assertThat((double) padded(batches) / tokens).isLessThan(1.25);
    assertThat(batches).hasSizeLessThan(2 * lengths.length / 16);
  }

  private static long padded(List<BatchWindows> batches) {
    return batches.stream()
        .map(BatchWindows::windows)
        .mapToLong(
            batch ->
                (long) batch.size()
                    * batch.stream().mapToInt(TokenWindow::length).max().orElseThrow())
        .sum();
  }

  private static List<TokenWindow> windows(int... lengths) {
    List<TokenWindow> windows = new ArrayList<>();
    for (int length : lengths) {
      windows.addAll(TokenWindow.of(windows.size(), new int[length + 1], 64));
    }
    return windows;
  }
}
