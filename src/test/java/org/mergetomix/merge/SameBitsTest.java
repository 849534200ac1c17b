package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.expert.Delta;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;

/** A surrogate has the same bits however it is come by. */
class SameBitsTest {

  private static final Merging FOUR = Merging.random(4, 3);
  private static final SubsetSpace SUBSETS = SubsetSpace.of(FOUR.datasets(), 1, 4);
  private static final Map<String, PreparedExperts> PREPARED = new HashMap<>();
  private static final Map<String, float[]> ALONE = new HashMap<>();

  static List<MergeMethod> methods() {
    return Merging.methods();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void inAWalkOverAllSubsetsWithAnyBuffers(MergeMethod method) {
    PreparedExperts prepared = prepared(method);
    for (int buffers : new int[] {0, 1, 2, 100}) {
      PrefixMerger blind = new PrefixMerger(prepared, buffers);
      PrefixMerger looking = new PrefixMerger(prepared, buffers);
      for (long i = 0; i < SUBSETS.size(); i++) {
        Mixture mixture = SUBSETS.at(i);
        MemoryTensors first = MemoryTensors.like(FOUR.base());
        blind.merge(mixture, Optional.empty(), first);
        assertSameBits(first.all(), alone(method, mixture), method + " " + mixture);
        MemoryTensors second = MemoryTensors.like(FOUR.base());
        looking.merge(mixture, Optional.of(SUBSETS.at((i + 1) % SUBSETS.size())), second);
        assertSameBits(second.all(), alone(method, mixture), method + " " + mixture);
      }
    }
  }

  @Property(tries = 60, seed = "1")
  void inAnyOrderWithWrongPredictions(
      @ForAll("anyMethod") MergeMethod method,
      @ForAll("walks") List<Long> walk,
      @ForAll @IntRange(min = 1, max = 4) int buffers) {
    PrefixMerger merger = new PrefixMerger(prepared(method), buffers);
    Random random = new Random(walk.hashCode());
    for (long index : walk) {
      Mixture mixture = SUBSETS.at(index);
      MemoryTensors target = MemoryTensors.like(FOUR.base());
      Mixture next = SUBSETS.at(random.nextInt((int) SUBSETS.size()));
      merger.merge(mixture, Optional.of(next), target);
      assertSameBits(target.all(), alone(method, mixture), method + " " + mixture);
    }
  }

  @Property(tries = 40, seed = "1")
  void amongRatios(@ForAll("anyMethod") MergeMethod method, @ForAll long seed) {
    Random random = new Random(seed);
    PrefixMerger merger = new PrefixMerger(prepared(method), 3);
    for (int i = 0; i < 6; i++) {
      Map<String, Double> weights = new TreeMap<>();
      weights.put("a", 1.0);
      for (String dataset : List.of("b", "c", "d")) {
        if (random.nextBoolean()) {
          weights.put(dataset, 1.0 + random.nextInt(2));
        }
      }
      Mixture mixture = Mixture.weighted(weights);
      MemoryTensors target = MemoryTensors.like(FOUR.base());
      merger.merge(mixture, Optional.empty(), target);
      assertSameBits(target.all(), alone(method, mixture), method + " " + mixture);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void withAnyNumberOfThreads(MergeMethod method) {
    for (int threads : new int[] {2, 5}) {
      PrefixMerger merger = new PrefixMerger(prepared(method), 2, threads, 1);
      for (long i = 0; i < SUBSETS.size(); i++) {
        MemoryTensors target = MemoryTensors.like(FOUR.base());
        merger.merge(SUBSETS.at(i), Optional.empty(), target);
        assertSameBits(target.all(), alone(method, SUBSETS.at(i)), method + " " + threads);
      }
    }
  }

  /** Neither masks nor statistics know of experts that are not in the mixture. */
  @ParameterizedTest
  @MethodSource("methods")
  void withOtherExpertsAround(MergeMethod method) {
    Mixture mixture = Mixture.parse("b+d");
    TreeMap<String, Delta> two = new TreeMap<>(FOUR.deltas());
    two.keySet().retainAll(mixture.datasets());

    MemoryTensors merged = new Merging(FOUR.base(), two).merge(method, mixture);

    assertSameBits(merged.all(), alone(method, mixture), method.toString());
  }

  /** What is kept of the mixtures around it has no part in it; -0 stays -0. */
  @ParameterizedTest
  @MethodSource("methods")
  void ofTheBaseWhereNothingIsMerged(MergeMethod method) {
    PrefixMerger merger = new PrefixMerger(prepared(method), 2);
    for (Optional<Mixture> next : List.of(Optional.of(Mixture.none()), Optional.<Mixture>empty())) {
      MemoryTensors before = MemoryTensors.like(FOUR.base());
      MemoryTensors none = MemoryTensors.like(FOUR.base());
      MemoryTensors after = MemoryTensors.like(FOUR.base());
      merger.merge(Mixture.parse("a+b"), next, before);
      merger.merge(Mixture.none(), Optional.of(Mixture.parse("a+b+c")), none);
      merger.merge(Mixture.parse("a+b+c"), Optional.empty(), after);

      assertSameBits(none.all(), FOUR.base().all(), method.toString());
      assertSameBits(before.all(), alone(method, Mixture.parse("a+b")), method.toString());
      assertSameBits(after.all(), alone(method, Mixture.parse("a+b+c")), method.toString());
    }
  }

  /** A mask belongs to the contents of an expert, so that its rows are found again. */
  @ParameterizedTest
  @MethodSource("methods")
  void underOtherNames(MergeMethod method) {
    Merging renamed = new Merging(FOUR.base(), new TreeMap<>(), new TreeMap<>());
    FOUR.deltas().forEach((id, delta) -> renamed.deltas().put("of-" + id, delta));
    FOUR.digests().forEach((id, digest) -> renamed.digests().put("of-" + id, digest));

    assertSameBits(
        renamed.merge(method, Mixture.parse("of-b+of-d")).all(),
        alone(method, Mixture.parse("b+d")),
        method.toString());
  }

  @Provide
  Arbitrary<MergeMethod> anyMethod() {
    return Arbitraries.of(Merging.methods());
  }

  @Provide
  Arbitrary<List<Long>> walks() {
    return Arbitraries.longs().between(0, SUBSETS.size() - 1).list().ofMinSize(1).ofMaxSize(8);
  }

  private static float[] alone(MergeMethod method, Mixture mixture) {
    return ALONE.computeIfAbsent(
        method + " " + mixture,
        key -> {
          MemoryTensors target = MemoryTensors.like(FOUR.base());
          new PrefixMerger(prepared(method), 4).merge(mixture, Optional.empty(), target);
          return target.all();
        });
  }

  private static PreparedExperts prepared(MergeMethod method) {
    return PREPARED.computeIfAbsent(method.describe(), key -> FOUR.prepared(method));
  }

  /** Zeros of different sign are different bits. */
  private static void assertSameBits(float[] actual, float[] expected, String what) {
    assertThat(bits(actual)).as(what).isEqualTo(bits(expected));
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
