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

  @Test
  void listsTheWindowsOfAllExamplesInTheirOrder() {
    List<TokenWindow> windows = TokenWindow.of(List.of("abcd", "e"), Tokenizer.named("bytes"), 3);

    assertThat(windows).extracting(TokenWindow::example).containsExactly(0, 0, 1);
    assertThat(windows).extracting(TokenWindow::length).containsExactly(3, 2, 2);
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
