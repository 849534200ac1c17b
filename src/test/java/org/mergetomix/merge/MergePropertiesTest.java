package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.data.Offset;
import org.mergetomix.expert.Delta;

/** What holds whatever the experts. */
class MergePropertiesTest {

  private static final Offset<Float> ROUNDING = Offset.offset(1e-5f);

  /** Experts under other ids are merged into the same model, but for the order of the sums. */
  @Property(tries = 60, seed = "1")
  void doesNotDependOnTheOrderOfDatasets(
      @ForAll("unmasked") MergeMethod method,
      @ForAll("four") List<float[]> deltas,
      @ForAll long seed) {
    List<float[]> shuffled = new ArrayList<>(deltas);
    Collections.shuffle(shuffled, new Random(seed));

    assertClose(merged(method, shuffled), merged(method, deltas), deltas);
  }

  @Property(tries = 60, seed = "1")
  void makesOneDatasetItsExpert(
      @ForAll("whole") MergeMethod method, @ForAll("one") List<float[]> deltas) {
    assertClose(merged(method, deltas), deltas.get(0), deltas);
  }

  @Property(tries = 60, seed = "1")
  void makesEqualExpertsThatExpert(
      @ForAll("whole") MergeMethod method,
      @ForAll("one") List<float[]> delta,
      @ForAll @IntRange(min = 2, max = 8) int copies) {
    assertClose(merged(method, Collections.nCopies(copies, delta.get(0))), delta.get(0), delta);
  }

  @Property(tries = 30, seed = "1")
  void leavesTheBaseWithLambdaZero(
      @ForAll("scalable") String name, @ForAll("three") List<float[]> deltas) {
    float[] merged = merged(Merging.method(name, "lambda", "0", "density", "0.5"), deltas);

    assertThat(merged).containsOnly(0f);
  }

  @Property(tries = 30, seed = "1")
  void addsUpWithLambdaOne(@ForAll("three") List<float[]> deltas) {
    float[] sum = new float[6];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = deltas.get(0)[i] + deltas.get(1)[i] + deltas.get(2)[i];
    }

    assertThat(merged(Merging.method("task-arithmetic", "lambda", "1"), deltas)).isEqualTo(sum);
  }

  @Property(tries = 30, seed = "1")
  void givesLinearTheBitsOfAverage(@ForAll("three") List<float[]> deltas) {
    assertThat(merged(Merging.method("linear"), deltas))
        .isEqualTo(merged(Merging.method("average"), deltas));
  }

  /** Those that merge whole deltas and do not multiply the result. */
  @Provide
  Arbitrary<MergeMethod> whole() {
    return Arbitraries.of(
        Merging.method("average"),
        Merging.method("linear"),
        Merging.method("model-stock"),
        Merging.method("ties", "density", "1"),
        Merging.method("ties", "density", "1", "mode", "mergekit"),
        Merging.method("sce", "select-top-k", "1"),
        Merging.method("sce", "select-top-k", "0.3"),
        Merging.method("sce", "mode", "mergekit"),
        Merging.method("top-k-grafting", "density", "1"),
        Merging.method("average", "lines.scaling", "none"));
  }

  @Provide
  Arbitrary<MergeMethod> unmasked() {
    return Arbitraries.of(
        Merging.method("average"),
        Merging.method("task-arithmetic"),
        Merging.method("model-stock"),
        Merging.method("ties", "density", "0.5"),
        Merging.method("ties", "density", "0.5", "mode", "mergekit"),
        Merging.method("breadcrumbs", "density", "0.5", "gamma", "0.2"),
        Merging.method("top-k-grafting", "density", "0.5"));
  }

  @Provide
  Arbitrary<String> scalable() {
    return Arbitraries.of("ties", "dare-linear", "dare-ties", "della", "della-linear");
  }

  @Provide
  Arbitrary<List<float[]>> one() {
    return experts(1);
  }

  @Provide
  Arbitrary<List<float[]>> three() {
    return experts(3);
  }

  @Provide
  Arbitrary<List<float[]>> four() {
    return experts(4);
  }

  /** Whole multiples of a small number are added up exactly, so that no draw hangs on rounding. */
  private static Arbitrary<List<float[]>> experts(int count) {
    return Arbitraries.integers()
        .between(-512, 512)
        .map(steps -> steps / 512f)
        .array(Float[].class)
        .ofSize(6)
        .map(MergePropertiesTest::unboxed)
        .list()
        .ofSize(count);
  }

  private static float[] unboxed(Float[] values) {
    float[] plain = new float[values.length];
    for (int i = 0; i < plain.length; i++) {
      plain[i] = values[i];
    }
    return plain;
  }

  private static float[] merged(MergeMethod method, List<float[]> deltas) {
    MemoryTensors base = new MemoryTensors().with("w", new float[deltas.get(0).length]);
    SortedMap<String, Delta> experts = new TreeMap<>();
    for (int i = 0; i < deltas.size(); i++) {
      experts.put("expert" + i, new MemoryTensors().with("w", deltas.get(i)));
    }
    Merging merging = new Merging(base, experts);
    return merging.merge(method, merging.all()).of("w");
  }

  private static void assertClose(float[] actual, float[] expected, List<float[]> deltas) {
    assertThat(actual)
        .as(() -> deltas.stream().map(Arrays::toString).toList().toString())
        .containsExactly(expected, ROUNDING);
  }
}
