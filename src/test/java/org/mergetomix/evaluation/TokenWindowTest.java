package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TokenWindowTest {

  @Test
  void cutsALongExampleWhereTheContextEnds() {
    List<TokenWindow> windows = TokenWindow.of(7, new int[] {256, 10, 11, 12, 13, 257}, 3);

    assertThat(windows).hasSize(2).allMatch(window -> window.example() == 7);
    assertThat(inputs(windows.get(0))).containsExactly(256, 10, 11);
    assertThat(targets(windows.get(0))).containsExactly(10, 11, 12);
    assertThat(inputs(windows.get(1))).containsExactly(12, 13);
    assertThat(targets(windows.get(1))).containsExactly(13, 257);
  }

  @Test
  void keepsAnExampleThatJustFitsInOneWindow() {
    assertThat(TokenWindow.of(0, new int[] {256, 10, 257}, 2)).hasSize(1);
    assertThat(TokenWindow.of(0, new int[] {256, 10, 11, 257}, 2)).hasSize(2);
  }

  /** The pairs of lm-eval's get_rolling_token_windows, made disjoint, for this example. */
  @Test
  void fillsTheLastWindowWithWhatComesBefore() {
    int[] tokens = IntStream.rangeClosed(0, 10).toArray();

    List<TokenWindow> windows = TokenWindow.rolling(0, tokens, 4);

    assertThat(windows.stream().map(TokenWindowTest::inputs).toList())
        .containsExactly(new int[] {0, 1, 2, 3}, new int[] {4, 5, 6, 7}, new int[] {6, 7, 8, 9});
    assertThat(windows).extracting(TokenWindow::asked).containsExactly(4, 4, 2);
    assertThat(IntStream.range(0, 4).filter(windows.get(2)::asks)).containsExactly(2, 3);
    assertThat(TokenWindow.rolling(0, new int[] {0, 1, 2}, 4))
        .singleElement()
        .satisfies(window -> assertThat(inputs(window)).containsExactly(0, 1));
    assertThat(TokenWindow.rolling(0, new int[] {0}, 4)).isEmpty();
  }

  @Property(seed = "1")
  void asksForEveryTokenButTheFirstOnceHoweverWindowsAreFilled(
      @ForAll @IntRange(min = 2, max = 300) int length,
      @ForAll @IntRange(min = 1, max = 60) int context) {
    int[] tokens = IntStream.range(0, length).toArray();

    List<TokenWindow> windows = TokenWindow.rolling(0, tokens, context);

    assertThat(
            windows.stream()
                .flatMapToInt(w -> IntStream.range(0, w.length()).filter(w::asks).map(w::target))
                .toArray())
        .isEqualTo(Arrays.copyOfRange(tokens, 1, length));
    assertThat(windows)
        .allSatisfy(window -> assertThat(window.length()).isEqualTo(Math.min(context, length - 1)));
  }

  @Property(seed = "1")
  void predictsEveryTokenButTheFirstOnce(
      @ForAll @IntRange(min = 2, max = 300) int length,
      @ForAll @IntRange(min = 1, max = 60) int context) {
    int[] tokens = IntStream.range(1000, 1000 + length).toArray();

    List<TokenWindow> windows = TokenWindow.of(0, tokens, context);

    assertThat(windows.stream().flatMapToInt(w -> Arrays.stream(targets(w))).toArray())
        .isEqualTo(Arrays.copyOfRange(tokens, 1, length));
    for (TokenWindow window : windows) {
      assertThat(window.length()).isBetween(1, context);
      assertThat(inputs(window))
          .isEqualTo(Arrays.stream(targets(window)).map(token -> token - 1).toArray());
    }
  }

  private static int[] inputs(TokenWindow window) {
    return IntStream.range(0, window.length()).map(window::input).toArray();
  }

  private static int[] targets(TokenWindow window) {
    return IntStream.range(0, window.length()).map(window::target).toArray();
  }
}
