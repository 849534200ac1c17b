package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BlocksTest {

  @Test
  void endsAtFixedShares() {
    assertThat(Blocks.of(200))
        .extracting(ExampleRange::to)
        .containsExactly(10, 20, 40, 50, 80, 100, 140, 200);
  }

  @Test
  void givesFewExamplesFewerBlocks() {
    assertThat(Blocks.of(1)).containsExactly(new ExampleRange(0, 1));
    assertThat(Blocks.of(3)).extracting(ExampleRange::to).containsExactly(1, 2, 3);
  }

  @Property(seed = "1")
  void coversEveryExampleOnce(@ForAll @IntRange(min = 1, max = 100_000) int examples) {
    List<ExampleRange> blocks = Blocks.of(examples);

    int next = 0;
    for (ExampleRange block : blocks) {
      assertThat(block.from()).isEqualTo(next);
      next = block.to();
    }
    assertThat(next).isEqualTo(examples);
  }

  @Property(seed = "1")
  void givesSharesInWholeBlocks(
      @ForAll @IntRange(min = 1, max = 10_000) int examples,
      @ForAll @IntRange(min = 1, max = 100) int percent) {
    ExampleRange share = Blocks.upTo(examples, percent);

    assertThat(Blocks.within(examples, share)).isNotEmpty();
    assertThat(Blocks.within(examples, share))
        .last()
        .extracting(ExampleRange::to)
        .isEqualTo(share.to());
    assertThat(share.size() * 100.0 / examples)
        .isGreaterThanOrEqualTo(Math.min(percent, 100) - 100.0 / examples);
  }
}
