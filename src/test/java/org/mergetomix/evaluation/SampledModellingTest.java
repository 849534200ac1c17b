package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;
import org.mergetomix.data.RowPlace;

class SampledModellingTest {

  private static final List<String> TEXTS =
      IntStream.range(0, 200).mapToObj(number -> "row " + number).toList();

  @Test
  void drawsTheSameRowsInWhateverOrderTheyLie() {
    List<String> shuffled = new ArrayList<>(TEXTS);
    Collections.shuffle(shuffled, new Random(3));

    List<String> drawn = drawn(20, 1, TEXTS);

    assertThat(drawn).hasSize(20).doesNotHaveDuplicates().isNotEqualTo(TEXTS.subList(0, 20));
    assertThat(drawn(20, 1, shuffled)).isEqualTo(drawn);
  }

  @Test
  void drawsOtherRowsByAnotherSeed() {
    assertThat(drawn(20, 2, TEXTS)).isNotEqualTo(drawn(20, 1, TEXTS));
    assertThat(new SampledModelling(20, 2).version())
        .isNotEqualTo(new SampledModelling(20, 1).version())
        .isNotEqualTo(new SampledModelling(21, 2).version());
  }

  @Test
  void takesAllOfFewerRowsThanAreAskedFor() {
    assertThat(drawn(20, 1, List.of("a", "b", "a"))).containsExactlyInAnyOrder("a", "a", "b");
  }

  @Test
  void drawsACopyOfARowAsOftenAsAnyOtherRow() {
    List<String> half = new ArrayList<>(TEXTS);
    half.addAll(Collections.nCopies(200, "again"));

    // 200 of 400 rows: 20 of 40 that are drawn, within four standard deviations.
    assertThat(Collections.frequency(drawn(40, 1, half), "again")).isBetween(8, 32);
  }

  private static List<String> drawn(int rows, long seed, List<String> texts) {
    List<Placed<Example>> placed = new ArrayList<>();
    for (String text : texts) {
      placed.add(
          new Placed<>(
              new RowPlace("data", RowPlace.Unit.LINE, placed.size() + 1),
              new Example.PlainText(text)));
    }
    return new SampledModelling(rows, seed)
        .drawn(placed).stream().map(row -> ((Example.PlainText) row.meaning()).text()).toList();
  }
}
