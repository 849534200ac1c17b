package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.merge.sparsify.CounterRandom;
import org.mergetomix.merge.sparsify.Dense;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;

/** Defects of other merge tools that are not reproduced, one by one. */
class KnownDefectsTest {

  /** Elsewhere a share that rounds down to no element fails, or drops the whole delta. */
  @ParameterizedTest
  @CsvSource({"ties, mergekit", "ties, paper", "breadcrumbs, paper", "breadcrumbs-ties, mergekit"})
  void keepsAtLeastOneElement(String method, String mode) {
    Merging merging = Merging.of(new float[4], new float[] {1, -3, 2, 3});

    assertThat(merging.merge(method, "density", "0.2", "mode", mode).of("w"))
        .containsExactly(0, -3, 0, 0);
    assertThat(
            Merging.of(new float[1], new float[] {5})
                .merge(method, "density", "0.5", "mode", mode)
                .of("w"))
        .containsExactly(5);
  }

  /** Elsewhere an empty share of outliers becomes an empty slice, and drops the whole delta. */
  @ParameterizedTest
  @CsvSource({"64, 0.01", "99, 0.01", "1000, 0"})
  void keepsADeltaThatHasNoOutliersToDrop(int elements, String gamma) {
    float[] delta = new float[elements];
    for (int i = 0; i < elements; i++) {
      delta[i] = i + 1;
    }
    float[] merged =
        Merging.of(new float[elements], delta)
            .merge("breadcrumbs", "density", "0.9", "gamma", gamma)
            .of("w");

    assertThat(merged[elements - 1]).isEqualTo(elements);
    assertThat(kept(merged)).isEqualTo((int) (0.9 * elements));
  }

  @Test
  void dropsOutliersWhereThereAreSome() {
    float[] delta = new float[100];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = i + 1;
    }
    float[] merged =
        Merging.of(new float[100], delta)
            .merge("breadcrumbs", "density", "0.9", "gamma", "0.01")
            .of("w");

    assertThat(merged[99]).isZero();
    assertThat(merged[98]).isEqualTo(99);
    assertThat(kept(merged)).isEqualTo(90);
  }

  /** The L1 norm of a heavy tail hangs on few elements; DARE's own factor is 1/density. */
  @Test
  void scalesAHeavyTailByProbabilityUnlessAskedForMergekit() {
    float[] tail = new float[64];
    Random random = new Random(2);
    for (int i = 0; i < tail.length; i++) {
      tail[i] = (float) Math.pow(1 / random.nextDouble(), 2);
    }
    Merging merging = Merging.of(new float[64], tail);

    float[] paper = merging.merge("dare-linear", "density", "0.1").of("w");
    float[] mergekit = merging.merge("dare-linear", "density", "0.1", "mode", "mergekit").of("w");

    assertThat(kept(paper)).isBetween(1, 20);
    for (int i = 0; i < tail.length; i++) {
      assertThat(paper[i]).isIn(0f, 10f * tail[i]);
    }
    assertThat(norm(mergekit)).isCloseTo(norm(tail), Percentage.withPercentage(0.01));
    assertThat(norm(paper)).isNotCloseTo(norm(tail), Percentage.withPercentage(20));
  }

  /** Elsewhere a density that is not well inside of 0 to 1 is refused with the default epsilon. */
  @ParameterizedTest
  @ValueSource(strings = {"0.05", "0.1", "0.15", "0.86", "0.9", "0.99", "1"})
  void takesEveryDensityForDella(String density) {
    float[] delta = random(4096);
    float[] merged =
        Merging.of(new float[4096], delta).merge("della-linear", "density", density).of("w");

    assertThat(kept(merged) / 4096.0).isCloseTo(Double.parseDouble(density), within(0.03));
    assertThat(mean(merged)).isCloseTo(mean(delta), within(0.15));
  }

  /** Elsewhere the only rank of a row is divided by zero. */
  @ParameterizedTest
  @ValueSource(strings = {"paper", "mergekit"})
  void ranksRowsOfOneColumnAndScalars(String mode) {
    float[] column = random(400);
    MemoryTensors base =
        new MemoryTensors()
            .with("column", List.of(400L, 1L), new float[400])
            .with("one", List.of(), 0);
    MemoryTensors expert =
        new MemoryTensors().with("column", List.of(400L, 1L), column).with("one", List.of(), 3);
    MemoryTensors merged =
        new Merging(base, new TreeMap<>(Map.of("a", expert)))
            .merge("della-linear", "density", "0.5", "mode", mode);

    assertThat(kept(merged.of("column"))).isBetween(160, 240);
    assertThat(merged.all()).doesNotContain(Float.NaN);
  }

  /** Elsewhere ranks in bf16 fall together: 704 of 4096 are left. */
  @Test
  void tellsEveryRankOfALongRow() {
    float[] rising = new float[4096];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = 1 + i * Math.ulp(1f);
    }
    float[] merged =
        Merging.of(new float[4096], rising)
            .merge("della-linear", "density", "0.5", "epsilon", "0.5")
            .of("w");

    double[] factors = new double[4096];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = merged[i] / rising[i];
    }
    assertThat(Arrays.stream(factors).filter(f -> f > 0).distinct().count())
        .isEqualTo(kept(merged));
  }

  /** Elsewhere selecting nothing gives a tensor of another rank. */
  @Test
  void selectsAtLeastOneElementForSceInTheTensorsShape() {
    Merging merging = Merging.of(new float[3], new float[] {1, 2, 3}, new float[] {1, 2, 5});

    assertThat(merging.merge("sce", "select-top-k", "0.01").of("w"))
        .containsExactly(0, 0, (9f * 3 + 25f * 5) / 34);
  }

  @Test
  void selectsEverythingForSceWhereNothingVaries() {
    Merging merging = Merging.of(new float[2], new float[] {1, -2}, new float[] {1, -2});

    assertThat(merging.merge("sce", "select-top-k", "0.5").of("w")).containsExactly(1, -2);
  }

  /** Elsewhere the mean squares of all light fine-tunings count as zero. */
  @Test
  void weighsSmallDeltasForSceUnlessAskedForMergekit() {
    Merging merging = Merging.of(new float[1], new float[] {1e-4f}, new float[] {3e-4f});

    assertThat(merging.merge("sce", "select-top-k", "1").of("w")[0])
        .isCloseTo(2.8e-4f, Percentage.withPercentage(0.01));
    assertThat(merging.merge("sce", "mode", "mergekit").of("w")[0])
        .isCloseTo(2e-4f, Percentage.withPercentage(0.01));
  }

  /** Elsewhere the first number anywhere in a name is taken for the layer. */
  @Test
  void findsTheLayerOfATensorByTheNameOfItsStack() {
    assertThat(LayerDepths.layer("model.layers.5.mlp.0.weight"))
        .contains(new LayerDepths.Layer("model.layers", 5));
    assertThat(LayerDepths.layer("h.11.ln_1.bias")).contains(new LayerDepths.Layer("h", 11));
    assertThat(LayerDepths.layer("layers.2.blocks.7.w"))
        .contains(new LayerDepths.Layer("layers", 2));
    assertThat(LayerDepths.layer("mlp.0.weight")).isEmpty();
    assertThat(LayerDepths.layer("players.0.weight")).isEmpty();
  }

  /** Elsewhere a model of one layer divides by zero. */
  @Test
  void scalesAModelOfOneLayer() {
    MemoryTensors base = new MemoryTensors().with("head", 0).with("layers.0.w", 0);
    MemoryTensors expert = new MemoryTensors().with("head", 1).with("layers.0.w", 1);
    MemoryTensors merged =
        new Merging(base, new TreeMap<>(Map.of("a", expert)))
            .merge("average", "lines.scaling", "linear", "lines.alpha", "0.25");

    assertThat(merged.all()).containsExactly(0.25f, 1);
  }

  @Test
  void refusesToScaleLayersWhereNoneAreFound() {
    Merging merging = Merging.of(new float[1], new float[] {1});

    assertThatThrownBy(() -> merging.merge("average", "lines.scaling", "linear"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("LiNeS scales layers, but no tensor of the base is named");
  }

  /** Elsewhere masks come from one generator for all, and change with what was drawn before. */
  @Test
  void drawsTheSameMaskWhateverElseIsDrawn() {
    Merging three = Merging.random(3, 9);
    MergeMethod method = Merging.method("dare-linear", "density", "0.5");
    Mixture last = Mixture.parse("c");
    PrefixMerger merger = new PrefixMerger(three.prepared(method), 1);
    MemoryTensors target = MemoryTensors.like(three.base());
    merger.merge(Mixture.parse("a+b"), target);
    merger.merge(last, target);

    assertThat(target.all()).isEqualTo(three.merge(method, last).all());
  }

  @Test
  void drawsAnotherMaskForAnotherSeedDatasetAndTensor() {
    CounterRandom one = CounterRandom.of(1, "es", "w");

    assertThat(one.uniform(0)).isNotEqualTo(CounterRandom.of(2, "es", "w").uniform(0));
    assertThat(one.uniform(0)).isNotEqualTo(CounterRandom.of(1, "fr", "w").uniform(0));
    assertThat(one.uniform(0)).isNotEqualTo(CounterRandom.of(1, "es", "v").uniform(0));
    assertThat(one.uniform(0)).isNotEqualTo(one.uniform(1));
  }

  /** Elsewhere sums are rounded to bf16 between the experts, and a third of the elements differ. */
  @Test
  void addsInFloat32() {
    float thousandth = 1e-3f;
    Merging merging =
        Merging.of(
            new float[] {1}, new float[] {thousandth}, new float[] {thousandth}, new float[] {0});

    assertThat(merging.merge("average").of("w")).containsExactly(1 + 2 * thousandth / 3);
  }

  /** Ratios are relative: nearly equal ones give nearly what equal ones give, not a third of it. */
  @Test
  void addsUpRatiosAsItAddsUpASubset() {
    Merging merging = Merging.of(new float[1], new float[] {1}, new float[] {1}, new float[] {1});
    Mixture nearly = Mixture.parse("a:0.334+b:0.333+c:0.333");

    assertThat(merging.merge(Merging.method("task-arithmetic", "lambda", "1"), nearly).of("w")[0])
        .isCloseTo(3, within(1e-5f));
  }

  @Test
  void givesADrawToTheSignOfTheMajority() {
    float[] one = {1, -1, -1, -1};
    float[] other = {-1, -1, -1, -1};
    Merging negative = Merging.of(new float[4], one, other);
    Merging level = Merging.of(new float[3], new float[] {1, -1, 2}, new float[] {-1, -1, 2});

    assertThat(negative.merge("ties", "density", "1").of("w")).containsExactly(-1, -1, -1, -1);
    assertThat(negative.merge("ties", "density", "1", "mode", "mergekit").of("w"))
        .containsExactly(1, -1, -1, -1);
    assertThat(level.merge("ties", "density", "1").of("w")).containsExactly(0, -1, 2);
  }

  @Test
  void letsNoNaNBecomeANumber() {
    for (MergeMethod method : Merging.methods()) {
      if (method.sparsifier() instanceof Dense && method.scaling() instanceof Unscaled) {
        Merging merging = Merging.of(new float[2], new float[] {Float.NaN, 1}, new float[] {2, 2});

        assertThat(merging.merge(method, merging.all()).of("w")[0]).as(method.name()).isNaN();
      }
    }
  }

  private static float[] random(int length) {
    Random random = new Random(4);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian() + 1;
    }
    return values;
  }

  private static int kept(float[] values) {
    int kept = 0;
    for (float value : values) {
      kept += value == 0 ? 0 : 1;
    }
    return kept;
  }

  private static double norm(float[] values) {
    double norm = 0;
    for (float value : values) {
      norm += Math.abs(value);
    }
    return norm;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
