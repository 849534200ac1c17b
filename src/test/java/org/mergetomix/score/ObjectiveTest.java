package org.mergetomix.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Measure.Aggregate;

class ObjectiveTest {

  private static final Measure BITS =
      new Measure("bits_per_byte", "bits per byte", Direction.LOWER_IS_BETTER, Aggregate.MEAN);
  private static final Measure ACCURACY =
      new Measure("acc", "share correct", Direction.HIGHER_IS_BETTER, Aggregate.MEAN);
  private static final Measure PERPLEXITY =
      new Measure("perplexity", "perplexity", Direction.LOWER_IS_BETTER, Aggregate.EXP_OF_MEAN);

  /** By how much the base and two models are better than the base. */
  private static final double[] BETTER = {0, 1.5, 0.5};

  @Test
  void tasksOfOneUnitGiveTheirWeightedMeanInThatUnit() {
    Objective objective =
        Objective.of(List.of(term("b", BITS, 3), term("a", BITS, 1)), new TreeMap<>());
    SortedMap<String, ExampleScores> scores =
        tasks("a", examples(1, 2, 6), "b", examples(5, 5.5, 7));

    assertThat(objective.score(scores))
        .isEqualTo(
            Estimate.mean(
                List.of(scores.get("a").mean(), scores.get("b").mean()),
                new double[] {0.25, 0.75}));
    assertThat(objective.unit()).isEqualTo("bits per byte");
    assertThat(objective.bestFirst().compare(1.0, 2.0)).isNegative();
    assertThat(objective.scoreUnit().gain(1, 3)).isEqualTo(2);
    assertThat(objective.describe())
        .isEqualTo("weighted mean of bits per byte, lower is better: a 0.2500, b 0.7500");
    assertThat(objective.tasks(scores)).containsEntry("a", scores.get("a").mean());
  }

  @Test
  void aGapIsPairedAndPositiveWhenTheSubjectIsWorse() {
    SortedMap<String, ExampleScores> worse = tasks("t", examples(11, 21, 31));
    SortedMap<String, ExampleScores> best = tasks("t", examples(10, 20, 30));
    Objective bits = Objective.of(List.of(term("t", BITS, 1)), new TreeMap<>());
    Objective accuracy = Objective.of(List.of(term("t", ACCURACY, 1)), new TreeMap<>());

    assertThat(bits.gap(worse, best)).isEqualTo(new Estimate(1, 0));
    assertThat(accuracy.gap(best, worse)).isEqualTo(new Estimate(1, 0));
    assertThat(bits.gain(worse, best)).isEqualTo(new Estimate(-1, 0));
  }

  @Test
  void severalUnitsGiveTheMeanGainOverTheBaseByItsScale() {
    SortedMap<String, ExampleScores> base =
        tasks("bits", examples(3.9, 4, 4.1), "acc", examples(0.4, 0.5, 0.6));
    Objective objective =
        Objective.of(
            List.of(
                term("bits", BITS, 1),
                new Objective.Term("acc", ACCURACY, 1, OptionalDouble.of(0.1))),
            base);

    Estimate score =
        objective.score(tasks("bits", examples(2.9, 3, 3.1), "acc", examples(0.45, 0.55, 0.65)));

    assertThat(score.value()).isCloseTo((1.0 / 4 + 0.05 / 0.1) / 2, within(1e-12));
    assertThat(objective.score(base)).isEqualTo(new Estimate(0, 0));
    assertThat(objective.unit()).isEqualTo("gain over the base");
    assertThat(objective.bestFirst().compare(2.0, 1.0)).isNegative();
    assertThat(objective.describe())
        .isEqualTo(
            "weighted mean of gain over the base, higher is better: acc 0.5000 with a gain of"
                + " 0.1 share correct as one, bits 0.5000 with gains divided by the base's bits per"
                + " byte");
  }

  @Test
  void aPerplexityIsTheExponentialOfItsMean() {
    Estimate perplexity = examples(1, 2, 3).aggregate(Aggregate.EXP_OF_MEAN);

    assertThat(perplexity.value()).isCloseTo(Math.exp(2), within(1e-12));
    assertThat(perplexity.standardError())
        .isCloseTo(Math.exp(2) * examples(1, 2, 3).mean().standardError(), within(1e-12));
    assertThat(examples(1.5, 2.5, 3.5).minus(examples(1, 2, 3), Aggregate.EXP_OF_MEAN).value())
        .isCloseTo(Math.exp(2.5) - Math.exp(2), within(1e-12));
  }

  @Test
  void aBaseNearNoughtIsNoScale() {
    SortedMap<String, ExampleScores> base =
        tasks("bits", examples(4, 4.1, 4.2), "acc", examples(-1, 0.1, 1), "one", examples(0.5));
    List<Objective.Term> terms =
        List.of(term("bits", BITS, 1), term("acc", ACCURACY, 1), term("one", PERPLEXITY, 1));

    assertThatThrownBy(() -> Objective.of(terms, base))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("that of the task acc is 0.03333 share correct with a standard error")
        .hasMessageContaining("tasks.acc.scale")
        .hasMessageContaining("its error is not known from one example")
        .hasMessageContaining("tasks.one.scale");
    Objective.of(
        List.of(
            term("bits", BITS, 1), new Objective.Term("acc", ACCURACY, 1, OptionalDouble.of(2))),
        base);
  }

  @Test
  void aBaseWithoutAScoreGivesNoGain() {
    SortedMap<String, ExampleScores> base =
        tasks("bits", examples(4, Double.NaN), "acc", examples(1, 1));

    assertThatThrownBy(
            () -> Objective.of(List.of(term("bits", BITS, 1), term("acc", ACCURACY, 1)), base))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The base's score of the task bits is not a number");
  }

  @Test
  void finishedScoresOfTasksMakeTheScoreThatTheirExamplesMake() {
    SortedMap<String, ExampleScores> base =
        tasks("bits", examples(4, 5, 6), "right", examples(.7, .8, .9));
    SortedMap<String, ExampleScores> model =
        tasks("bits", examples(3, 3, 6), "right", examples(.9, 1, 1.1));
    Objective several =
        Objective.of(List.of(term("bits", BITS, 1), term("right", ACCURACY, 3)), base);
    Objective one = Objective.of(List.of(term("bits", BITS, 1)), new TreeMap<>());

    assertThat(several.ofTasks(several.tasks(model)).value())
        .isCloseTo(several.score(model).value(), within(1e-12));
    assertThat(several.ofTasks(several.tasks(model)).standardError())
        .isGreaterThan(several.score(model).standardError());
    assertThat(one.ofTasks(one.tasks(model))).isEqualTo(one.score(model));
    assertThat(several.taskGains(model, base).get("bits").value()).isCloseTo(.2, within(1e-12));
    assertThat(several.taskGains(model, base).get("right").value()).isCloseTo(.25, within(1e-12));
    assertThatThrownBy(() -> several.ofTasks(new TreeMap<>()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theMeanOfModelsIsThatOfTheirExamples() {
    ExampleScores mean = ExampleScores.mean(List.of(examples(1, 2, 6), examples(3, 2, 0)));

    assertThat(mean).isEqualTo(examples(2, 2, 3));
    assertThatThrownBy(() -> ExampleScores.mean(List.of(examples(1, 2), examples(1))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hugeWeightsAreAsGoodAsSmallOnes() {
    SortedMap<String, ExampleScores> scores = tasks("a", examples(1, 2), "b", examples(3, 4));
    Estimate expected =
        Objective.of(List.of(term("a", BITS, 1), term("b", BITS, 1)), new TreeMap<>())
            .score(scores);

    for (double weight : new double[] {1e308, Double.MAX_VALUE, 1e-300, Double.MIN_VALUE}) {
      assertThat(
              Objective.of(
                      List.of(term("a", BITS, weight), term("b", BITS, weight)), new TreeMap<>())
                  .score(scores))
          .isEqualTo(expected);
    }
  }

  /** The error is right when it says how much scores spread if examples are drawn anew. */
  @Test
  void errorsMatchTheSpreadOverSamples() {
    Random random = new Random(20251127);
    int samples = 3000;
    double[] scores = new double[samples];
    double[] gaps = new double[samples];
    double scoreError = 0;
    double gapError = 0;
    for (int sample = 0; sample < samples; sample++) {
      List<SortedMap<String, ExampleScores>> models = drawn(random);
      Objective objective =
          Objective.of(
              List.of(term("acc", ACCURACY, 1), term("bits", BITS, 2), term("ppl", PERPLEXITY, 3)),
              models.get(0));
      Estimate score = objective.score(models.get(1));
      Estimate gap = objective.gap(models.get(2), models.get(1));
      scores[sample] = score.value();
      gaps[sample] = gap.value();
      scoreError += score.standardError() / samples;
      gapError += gap.standardError() / samples;
    }

    assertThat(scoreError / spread(scores)).isCloseTo(1, within(0.05));
    assertThat(gapError / spread(gaps)).isCloseTo(1, within(0.05));
  }

  /** Drawing the very same examples again, with repeats, spreads as the error says. */
  @Test
  void errorsMatchABootstrap() {
    Random random = new Random(7);
    List<SortedMap<String, ExampleScores>> models = drawn(random);
    List<Objective.Term> terms =
        List.of(term("acc", ACCURACY, 1), term("bits", BITS, 2), term("ppl", PERPLEXITY, 3));
    int samples = 3000;
    double[] scores = new double[samples];
    for (int sample = 0; sample < samples; sample++) {
      SortedMap<String, ExampleScores> base = new TreeMap<>();
      SortedMap<String, ExampleScores> subject = new TreeMap<>();
      for (String task : models.get(0).keySet()) {
        int[] places =
            random
                .ints(models.get(0).get(task).size(), 0, models.get(0).get(task).size())
                .toArray();
        base.put(task, at(models.get(0).get(task), places));
        subject.put(task, at(models.get(1).get(task), places));
      }
      scores[sample] = Objective.of(terms, base).score(subject).value();
    }

    double error = Objective.of(terms, models.get(0)).score(models.get(1)).standardError();
    assertThat(error / spread(scores)).isCloseTo(1, within(0.05));
  }

  /** A base and two models so much better, on three tasks, that the error of its scores counts. */
  private static List<SortedMap<String, ExampleScores>> drawn(Random random) {
    List<SortedMap<String, ExampleScores>> models =
        List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    int examples = 300;
    for (String task : List.of("acc", "bits", "ppl")) {
      double[] weights = new double[examples];
      double[][] scores = new double[3][examples];
      for (int i = 0; i < examples; i++) {
        boolean accuracy = task.equals("acc");
        weights[i] = accuracy ? 1 : 3 + random.nextInt(30);
        double hardness = random.nextGaussian();
        for (int model = 0; model < 3; model++) {
          double ability = hardness + 0.5 * random.nextGaussian() - BETTER[model];
          scores[model][i] =
              accuracy ? (ability < -0.8 ? 1 : 0) : 3 + 0.6 * ability + 2 / weights[i];
        }
      }
      for (int model = 0; model < 3; model++) {
        models.get(model).put(task, new ExampleScores(scores[model], weights));
      }
    }
    return models;
  }

  @Test
  void anUnknownErrorStaysUnknown() {
    Objective objective = Objective.of(List.of(term("t", BITS, 1)), new TreeMap<>());

    assertThat(objective.score(tasks("t", examples(3))).standardError()).isNaN();
  }

  @Test
  void travelsToExecutors() throws IOException, ClassNotFoundException {
    SortedMap<String, ExampleScores> base = tasks("a", examples(4, 5), "b", examples(1, 0.9));
    Objective objective =
        Objective.of(
            List.of(term("a", BITS, 1), new Objective.Term("b", ACCURACY, 1, OptionalDouble.of(2))),
            base);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(objective);
    }

    Objective arrived =
        (Objective)
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

    assertThat(arrived.terms()).isEqualTo(objective.terms());
    assertThat(arrived.score(base)).isEqualTo(new Estimate(0, 0));
  }

  @Test
  void refusesWhatWillNotDo() {
    SortedMap<String, ExampleScores> base = tasks("a", examples(4, 5), "b", examples(1, 1.1));
    Objective objective = Objective.of(List.of(term("a", BITS, 1), term("b", ACCURACY, 1)), base);

    assertThatThrownBy(() -> objective.score(tasks("a", examples(4, 5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There are scores of the tasks [a], but not of b");
    assertThatThrownBy(() -> objective.score(tasks("a", examples(4, 5, 6), "b", examples(1, 1.1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The scores of a are not on the examples that the base was scored on");
    assertThatThrownBy(() -> Objective.of(List.of(), base))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Objective.of(List.of(term("a", BITS, 1), term("a", BITS, 2)), base))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Objective.of(List.of(term("a", BITS, 1), term("c", ACCURACY, 2)), base))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Gains over the base need its scores of the task c");
    assertThatThrownBy(() -> term("a", BITS, Double.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Objective.Term("a", BITS, 1, OptionalDouble.of(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Objective.Term term(String task, Measure measure, double weight) {
    return new Objective.Term(task, measure, weight, OptionalDouble.empty());
  }

  private static SortedMap<String, ExampleScores> tasks(String task, ExampleScores scores) {
    return new TreeMap<>(Map.of(task, scores));
  }

  private static SortedMap<String, ExampleScores> tasks(
      String task, ExampleScores scores, String other, ExampleScores otherScores) {
    return new TreeMap<>(Map.of(task, scores, other, otherScores));
  }

  private static SortedMap<String, ExampleScores> tasks(
      String a, ExampleScores ofA, String b, ExampleScores ofB, String c, ExampleScores ofC) {
    return new TreeMap<>(Map.of(a, ofA, b, ofB, c, ofC));
  }

  private static ExampleScores examples(double... scores) {
    double[] weights = new double[scores.length];
    Arrays.fill(weights, 1);
    return new ExampleScores(scores, weights);
  }

  private static ExampleScores at(ExampleScores examples, int[] places) {
    double[] scores = examples.scores();
    double[] weights = examples.weights();
    return new ExampleScores(
        Arrays.stream(places).mapToDouble(place -> scores[place]).toArray(),
        Arrays.stream(places).mapToDouble(place -> weights[place]).toArray());
  }

  private static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
