package org.mergetomix.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;
import static org.mergetomix.score.Direction.HIGHER_IS_BETTER;
import static org.mergetomix.score.Direction.LOWER_IS_BETTER;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;

class DatasetEffectsTest {

  private static final Offset<Double> ROUNDING = within(1e-12);
  private static final int EXAMPLES = 7;

  private record Row(List<String> datasets, ExampleScores scores) {}

  @Test
  void comparesMixturesWithAndWithoutExampleByExample() {
    DatasetEffects effects = new DatasetEffects();
    effects.feed(List.of("a"), scores(1, 5));
    effects.feed(List.of("b"), scores(4, 8));
    effects.feed(List.of("a", "b"), scores(2, 6));

    // a: (1.5, 5.5) against (4, 8); b: (3, 7) against (1, 5); examples weigh 1 and 3.
    assertThat(effects.effects(LOWER_IS_BETTER))
        .extracting(DatasetEffect::dataset, DatasetEffect::gain)
        .containsExactly(tuple("a", new Estimate(2.5, 0)), tuple("b", new Estimate(-2, 0)));
    DatasetEffect a = effects.effects(LOWER_IS_BETTER).get(0);
    assertThat(a.with().value()).isEqualTo(4.5);
    assertThat(a.without().value()).isEqualTo(7);
    assertThat(a.with().standardError()).isPositive();
    assertThat(effects.effects(HIGHER_IS_BETTER))
        .extracting(DatasetEffect::dataset, effect -> effect.gain().value())
        .containsExactly(tuple("b", 2.0), tuple("a", -2.5));
  }

  @Test
  void leavesOutDatasetsThatNothingCanBeComparedWith() {
    DatasetEffects effects = new DatasetEffects();
    effects.feed(List.of("always", "a"), scores(1, 5));
    effects.feed(List.of("always", "b"), scores(4, 8));

    assertThat(effects.effects(LOWER_IS_BETTER))
        .extracting(DatasetEffect::dataset)
        .containsExactly("a", "b");
    assertThat(new DatasetEffects().effects(LOWER_IS_BETTER)).isEmpty();
  }

  @Test
  void equalGainsAreOrderedById() {
    DatasetEffects effects = new DatasetEffects();
    effects.feed(List.of("b"), scores(1, 5));
    effects.feed(List.of("c"), scores(1, 5));
    effects.feed(List.of("a"), scores(1, 5));

    assertThat(effects.effects(LOWER_IS_BETTER))
        .extracting(DatasetEffect::dataset)
        .containsExactly("a", "b", "c");
  }

  @Test
  void refusesOtherExamplesAndScoresThatAreNoNumbers() {
    DatasetEffects effects = new DatasetEffects();
    effects.feed(List.of("a"), scores(1, 5));
    DatasetEffects others = new DatasetEffects();
    others.feed(List.of("a"), new ExampleScores(new double[] {1, 5}, new double[] {2, 3}));

    assertThatThrownBy(() -> effects.merge(others))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not those that were fed before");
    assertThatThrownBy(
            () ->
                effects.feed(
                    List.of("a"),
                    new ExampleScores(new double[] {1, 5, 6}, new double[] {1, 3, 1})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The weights of 3 examples");
    assertThatThrownBy(() -> effects.feed(List.of("a", "b"), scores(Double.NaN, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The scores of [a, b] are not all finite");
  }

  @Property(seed = "1", tries = 50)
  void agreesWithBruteForceHoweverItIsFedAndMerged(
      @ForAll @IntRange(min = 2, max = 6) int datasets,
      @ForAll @IntRange(min = 1, max = 5) int parts,
      @ForAll long seed)
      throws IOException, ClassNotFoundException {
    Random random = new Random(seed);
    List<Row> rows = rows(datasets, random);
    List<DatasetEffects> partial =
        Collections.nCopies(parts, 0).stream().map(ignored -> new DatasetEffects()).toList();
    for (Row row : rows) {
      partial.get(random.nextInt(parts)).feed(row.datasets(), row.scores());
    }
    DatasetEffects merged = new DatasetEffects();
    for (DatasetEffects part : partial) {
      merged.merge(overTheWire(part));
    }

    List<DatasetEffect> effects = merged.effects(LOWER_IS_BETTER);
    assertThat(effects).hasSize(datasets);
    assertThat(effects)
        .extracting(effect -> effect.gain().value())
        .isSortedAccordingTo(Collections.reverseOrder());
    for (DatasetEffect effect : effects) {
      ExampleScores with = mean(rows, row -> row.datasets().contains(effect.dataset()));
      ExampleScores without = mean(rows, row -> !row.datasets().contains(effect.dataset()));
      assertClose(effect.with(), with.mean());
      assertClose(effect.without(), without.mean());
      assertClose(effect.gain(), without.minus(with));
    }
  }

  private static List<Row> rows(int datasets, Random random) {
    SubsetSpace space =
        SubsetSpace.of(IntStream.range(0, datasets).mapToObj(i -> "d" + i).toList(), 1, datasets);
    double[] weights = random.doubles(EXAMPLES, 1, 30).toArray();
    List<Row> rows = new ArrayList<>();
    LongStream.range(0, space.size())
        .forEach(
            index ->
                rows.add(
                    new Row(
                        space.at(index).datasets(),
                        new ExampleScores(random.doubles(EXAMPLES, 1, 8).toArray(), weights))));
    Collections.shuffle(rows, random);
    return rows;
  }

  private static ExampleScores mean(List<Row> rows, Predicate<Row> chosen) {
    List<Row> some = rows.stream().filter(chosen).toList();
    double[] means =
        IntStream.range(0, EXAMPLES)
            .mapToDouble(
                i ->
                    some.stream()
                        .mapToDouble(row -> row.scores().scores()[i])
                        .average()
                        .orElseThrow())
            .toArray();
    return new ExampleScores(means, rows.get(0).scores().weights());
  }

  private static void assertClose(Estimate actual, Estimate expected) {
    assertThat(actual.value()).isCloseTo(expected.value(), ROUNDING);
    assertThat(actual.standardError()).isCloseTo(expected.standardError(), ROUNDING);
  }

  private static ExampleScores scores(double first, double second) {
    return new ExampleScores(new double[] {first, second}, new double[] {1, 3});
  }

  private static DatasetEffects overTheWire(DatasetEffects effects)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(effects);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (DatasetEffects) in.readObject();
    }
  }
}
