package org.mergetomix.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void closesTheRestWhenOneFailsAndTellsEveryFailure() {
    assertThatThrownBy(
            () ->
                Closing.all(
                    List.of(
                        ending("a"),
                        failing(new IllegalStateException("b")),
                        ending("c"),
                        failing(new IOException("d")),
                        ending("e"))))
        .hasMessage("b")
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .singleElement()
                    .extracting(Throwable::getMessage)
                    .isEqualTo("d"));
    assertThat(closed).containsExactly("a", "c", "e");
  }

  @Test
  void keepsTheFailureBeforeTheClosing() {
    Exception problem = new IllegalStateException("the real one");

    Closing.after(problem, failing(new IOException("another")));
    Closing.after(problem, ending("a"));

    assertThat(problem.getSuppressed())
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo("another");
    assertThat(closed).containsExactly("a");
  }

  private AutoCloseable ending(String name) {
    return () -> closed.add(name);
  }

  private static AutoCloseable failing(Exception failure) {
    return () -> {
      throw failure;
    };
  }
}
