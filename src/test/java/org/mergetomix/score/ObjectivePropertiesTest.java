package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.mergetomix.score.Measure.Aggregate;

class ObjectivePropertiesTest {

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Aggregate.MEAN),
          new Measure("acc", "share correct", Direction.HIGHER_IS_BETTER, Aggregate.MEAN),
          new Measure("ppl", "perplexity", Direction.LOWER_IS_BETTER, Aggregate.EXP_OF_MEAN));

  @Property(seed = "1", tries = 100)
  void theOrderOfTasksChangesNothing(
      @ForAll @IntRange(min = 1, max = 5) int tasks,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll long seed) {
    Case one = new Case(tasks, units, seed);
    List<Objective.Term> shuffled = new ArrayList<>(one.terms);
    Collections.shuffle(shuffled, new Random(seed));

    Objective objective = Objective.of(one.terms, one.base);
    Objective other = Objective.of(shuffled, one.base);

    assertThat(other.score(one.subject)).isEqualTo(objective.score(one.subject));
    assertThat(other.gap(one.subject, one.best)).isEqualTo(objective.gap(one.subject, one.best));
    assertThat(other.describe()).isEqualTo(objective.describe());
  }

  @Property(seed = "2", tries = 100)
  void aFactorOfAllWeightsChangesNothing(
      @ForAll @IntRange(min = 1, max = 5) int tasks,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll @DoubleRange(min = -300, max = 300) double exponent,
      @ForAll long seed) {
    Case one = new Case(tasks, units, seed);
    double factor = Math.pow(10, exponent);
    List<Objective.Term> scaled =
        one.terms.stream()
            .map(
                term ->
                    new Objective.Term(
                        term.task(), term.measure(), term.weight() * factor, term.scale()))
            .toList();

    Objective objective = Objective.of(one.terms, one.base);
    Objective other = Objective.of(scaled, one.base);

    assertClose(other.score(one.subject), objective.score(one.subject));
    assertClose(other.gap(one.subject, one.best), objective.gap(one.subject, one.best));
  }

  @Property(seed = "3", tries = 100)
  void aGapIsTheDifferenceOfTheScores(
      @ForAll @IntRange(min = 1, max = 5) int tasks,
      @ForAll @IntRange(min = 1, max = 3) int units,
      @ForAll long seed) {
    Case one = new Case(tasks, units, seed);
    Objective objective = Objective.of(one.terms, one.base);
    double best = objective.score(one.best).value();
    double subject = objective.score(one.subject).value();

    Estimate gap = objective.gap(one.subject, one.best);

    assertThat(gap.value()).isCloseTo(objective.scoreUnit().gain(best, subject), within(1e-9));
    assertThat(objective.gap(one.best, one.best)).isEqualTo(new Estimate(0, 0));
    assertThat(objective.bestFirst().compare(best, subject)).isEqualTo(gap.value() > 0 ? -1 : 1);
  }

  private static void assertClose(Estimate actual, Estimate expected) {
    assertThat(actual.value()).isCloseTo(expected.value(), within(1e-12));
    assertThat(actual.standardError()).isCloseTo(expected.standardError(), within(1e-12));
  }

  /** Some tasks with the scores of three models. */
  private static final class Case {

    private final List<Objective.Term> terms;
    private final SortedMap<String, ExampleScores> base = new TreeMap<>();
    private final SortedMap<String, ExampleScores> subject = new TreeMap<>();
    private final SortedMap<String, ExampleScores> best = new TreeMap<>();

    private Case(int tasks, int units, long seed) {
      Random random = new Random(seed);
      terms =
          IntStream.range(0, tasks)
              .mapToObj(
                  i ->
                      new Objective.Term(
                          "task" + i,
                          MEASURES.get(i % units),
                          0.1 + random.nextDouble() * 5,
                          random.nextInt(3) == 0
                              ? OptionalDouble.of(0.1 + random.nextDouble())
                              : OptionalDouble.empty()))
              .toList();
      for (Objective.Term term : terms) {
        int examples = 4 + random.nextInt(20);
        double[] weights = random.doubles(examples, 1, 30).toArray();
        for (SortedMap<String, ExampleScores> model : List.of(base, subject, best)) {
          model.put(
              term.task(), new ExampleScores(random.doubles(examples, 2, 4).toArray(), weights));
        }
      }
    }
  }
}
