package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.mergetomix.folder.Digests;

class ExampleOrderTest {

  /** Rows of runs lie in this order: it must not change with a version of Java or of this. */
  @Test
  void isTheSameForEver() {
    assertThat(ExampleOrder.of(numbers(10), Digests.sha256("a text")))
        .containsExactly(6, 5, 0, 9, 7, 1, 8, 2, 4, 3);
  }

  @Test
  void isDrawnFromTheData() {
    List<Integer> numbers = numbers(100);

    assertThat(ExampleOrder.of(numbers, Digests.sha256("one")))
        .isNotEqualTo(ExampleOrder.of(numbers, Digests.sha256("other")));
  }

  /** Sorted input, as by length or by source, must not end up in the first blocks. */
  @Test
  void spreadsTheDataOverTheOrder() {
    List<Integer> order = ExampleOrder.of(numbers(10_000), Digests.sha256("a text"));

    double first = order.subList(0, 500).stream().mapToInt(number -> number).average().orElse(0);
    assertThat(first).isBetween(4500.0, 5500.0);
  }

  @Property(seed = "1")
  void losesNoExample(@ForAll @IntRange(min = 0, max = 300) int count, @ForAll String digest) {
    assertThat(ExampleOrder.of(numbers(count), digest))
        .containsExactlyInAnyOrderElementsOf(numbers(count));
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
