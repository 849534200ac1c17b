package org.mergetomix.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.mergetomix.score.Direction.HIGHER_IS_BETTER;
import static org.mergetomix.score.Direction.LOWER_IS_BETTER;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.mergetomix.score.Direction;
import org.mergetomix.score.Estimate;

class BestBySizeTest {

  @Test
  void keepsTheBestOfEachSizeInEitherDirection() {
    assertThat(fed(LOWER_IS_BETTER).bests())
        .extracting(BestOfSize::size, BestOfSize::mixture)
        .containsExactly(tuple(1, "b"), tuple(3, "a+b+c"));
    assertThat(fed(HIGHER_IS_BETTER).bests())
        .contains(new BestOfSize(1, "a", new Estimate(3, 0.1)));
  }

  @Test
  void smallerIdWinsATieInAnyOrder() {
    BestBySize forward = new BestBySize(LOWER_IS_BETTER);
    forward.feed(2, "a+b", new Estimate(1, 0.1));
    forward.feed(2, "a+c", new Estimate(1, 0.2));
    BestBySize backward = new BestBySize(LOWER_IS_BETTER);
    backward.feed(2, "a+c", new Estimate(1, 0.2));
    backward.feed(2, "a+b", new Estimate(1, 0.1));

    assertThat(forward.bests())
        .isEqualTo(backward.bests())
        .containsExactly(new BestOfSize(2, "a+b", new Estimate(1, 0.1)));
  }

  @Test
  void mixtureWithoutAScoreIsNeverBest() {
    BestBySize bests = new BestBySize(LOWER_IS_BETTER);
    bests.feed(1, "a", new Estimate(Double.NaN, Double.NaN));

    assertThat(bests.bests()).isEmpty();
  }

  @Test
  void mergesWhatOthersFound() throws IOException, ClassNotFoundException {
    BestBySize other = new BestBySize(LOWER_IS_BETTER);
    other.feed(1, "z", new Estimate(0.5, 0.1));
    other.feed(2, "y+z", new Estimate(9, 0.1));
    other.feed(3, "x+y+z", new Estimate(9, 0.1));
    BestBySize merged = fed(LOWER_IS_BETTER);
    merged.merge(overTheWire(other));

    assertThat(merged.bests()).extracting(BestOfSize::mixture).containsExactly("z", "y+z", "a+b+c");
  }

  private static BestBySize fed(Direction direction) {
    BestBySize bests = new BestBySize(direction);
    bests.feed(3, "a+b+c", new Estimate(4, 0.1));
    bests.feed(1, "a", new Estimate(3, 0.1));
    bests.feed(1, "b", new Estimate(1, 0.1));
    bests.feed(1, "c", new Estimate(2, 0.1));
    return bests;
  }

  private static BestBySize overTheWire(BestBySize bests)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(bests);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (BestBySize) in.readObject();
    }
  }
}
