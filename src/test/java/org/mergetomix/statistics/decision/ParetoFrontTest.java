package org.mergetomix.statistics.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.mergetomix.score.Estimate;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.testing.SyntheticScores;

class ParetoFrontTest {

  @Test
  void keepsWhatNoOtherBeatsOnEveryTask() {
    ParetoFront front = new ParetoFront();
    front.feed("behind", List.of(1.0, 1.0), 0);
    front.feed("left", List.of(3.0, 1.0), 0);
    front.feed("right", List.of(1.0, 3.0), 0);
    front.feed("as good as left", List.of(3.0, 1.0), 0);
    front.feed("as good, and worse", List.of(3.0, 0.5), 0);
    front.feed("unknown", List.of(9.0, Double.NaN), 0);

    assertThat(front.mixtures()).containsExactly("as good as left", "left", "right");
  }

  @Test
  void isTheSameHoweverItWasFed() {
    Random random = new Random(1);
    ParetoFront one = new ParetoFront();
    ParetoFront first = new ParetoFront();
    ParetoFront second = new ParetoFront();
    for (int i = 0; i < 200; i++) {
      List<Double> gains = random.doubles(3).boxed().toList();
      one.feed("m" + i, gains, gains.get(0));
      (i % 3 == 0 ? first : second).feed("m" + i, gains, gains.get(0));
    }

    assertThat(one.mixtures()).hasSizeBetween(5, 60);
    assertThat(second.merge(first).mixtures()).isEqualTo(one.mixtures());
    assertThat(second.best(3, Comparator.reverseOrder()))
        .isEqualTo(one.best(3, Comparator.reverseOrder()));
  }

  @Test
  void choosesThoseOnItWhoseScoreIsBest() {
    ParetoFront front = new ParetoFront();
    front.feed("c", List.of(1.0, 3.0), 7);
    front.feed("b", List.of(2.0, 2.0), 8);
    front.feed("a", List.of(3.0, 1.0), 8);
    front.feed("behind", List.of(1.0, 1.0), 9);

    assertThat(front.best(2, Comparator.reverseOrder())).containsExactly("a", "b");
    assertThat(front.best(1, Comparator.naturalOrder())).containsExactly("c");
    assertThat(front.best(9, Comparator.naturalOrder())).containsExactly("c", "a", "b");
  }

  @Test
  void isBehindOnlyWhereEveryGapIsBeyondItsError() {
    Estimate clear = new Estimate(2, 1);

    assertThat(PairedGap.behind(List.of(clear, clear))).isTrue();
    assertThat(PairedGap.behind(List.of(clear, new Estimate(1.9, 1)))).isFalse();
    assertThat(PairedGap.behind(List.of(clear, new Estimate(1, Double.NaN)))).isFalse();
  }

  /** Two tasks over all mixtures of five datasets, their examples drawn anew. */
  @Test
  void whatIsReallyOnTheFrontIsOnItOrTiedWithIt() {
    double[][][] tasks = {examples(1), examples(2)};
    List<Integer> truth = front(tasks);
    int draws = 40;
    int kept = 0;
    for (int draw = 0; draw < draws; draw++) {
      int[] drawn = new Random(draw).ints(150, 0, SyntheticScores.EXAMPLES).toArray();
      double[][][] seen =
          Arrays.stream(tasks)
              .map(
                  task ->
                      Arrays.stream(task)
                          .map(row -> IntStream.of(drawn).mapToDouble(e -> row[e]).toArray())
                          .toArray(double[][]::new))
              .toArray(double[][][]::new);
      List<Integer> found = front(seen);
      for (int mixture : truth) {
        boolean behind =
            found.stream()
                .filter(best -> best != mixture)
                .anyMatch(best -> PairedGap.behind(gaps(seen, mixture, best)));
        kept += behind && !found.contains(mixture) ? 0 : 1;
      }
    }

    assertThat(truth).hasSizeBetween(2, 20);
    assertThat(kept / (double) (draws * truth.size())).isGreaterThan(.95);
  }

  private static List<Estimate> gaps(double[][][] tasks, int mixture, int best) {
    return Arrays.stream(tasks)
        .map(task -> scores(task[mixture]).minus(scores(task[best])))
        .toList();
  }

  private static ExampleScores scores(double[] row) {
    return new ExampleScores(row, DoubleStream.of(row).map(score -> 1).toArray());
  }

  private static double[][] examples(long seed) {
    SyntheticScores scores = new SyntheticScores(5, SyntheticScores.Kind.QUADRATIC, 0, seed);
    return IntStream.range(1, 1 << 5)
        .mapToObj(mask -> scores.axes().subset(BitSet.valueOf(new long[] {mask})))
        .map(scores::exampleScores)
        .toArray(double[][]::new);
  }

  private static List<Integer> front(double[][][] tasks) {
    ParetoFront front = new ParetoFront();
    for (int i = 0; i < tasks[0].length; i++) {
      int mixture = i;
      front.feed(
          String.valueOf(i),
          Arrays.stream(tasks)
              .map(task -> -Arrays.stream(task[mixture]).average().orElseThrow())
              .toList(),
          0);
    }
    return front.mixtures().stream().map(Integer::valueOf).toList();
  }
}
