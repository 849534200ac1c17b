package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;

class PrefixMergerTest {

  private static final Merging TEN =
      Merging.of(
          new float[] {1},
          new float[][] {{1}, {2}, {4}, {8}, {16}, {32}, {64}, {128}, {256}, {512}});

  @ParameterizedTest
  @CsvSource({"average", "ties"})
  void addsOnceForAMixtureOnAverageOverAllSubsets(String method) {
    SubsetSpace subsets = SubsetSpace.of(TEN.datasets(), 1, 10);

    assertThat(additions(method, subsets, 9)).isEqualTo(subsets.size());
    assertThat(additions(method, subsets, 1000)).isEqualTo(subsets.size());
  }

  /** Without sharing it would be 5.0 for a mixture. */
  @ParameterizedTest
  @CsvSource({"1, 2047", "2, 1792", "3, 1344", "5, 1072"})
  void addsALittleMoreWithFewBuffers(int buffers, long expected) {
    SubsetSpace subsets = SubsetSpace.of(TEN.datasets(), 1, 10);

    assertThat(additions("average", subsets, buffers)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 5", "3, 1, 5", "9, 1, 5", "9, 2, 3", "9, 3, 3", "9, 5, 5", "9, 1, 1"})
  void takesTheMemoryThatTheMethodTells(int buffers, int smallest, int largest) {
    Merging five = Merging.random(5, 11);
    SubsetSpace subsets = SubsetSpace.of(five.datasets(), smallest, largest);
    for (MergeMethod method : Merging.methods()) {
      PreparedExperts prepared = five.prepared(method);
      MemoryTensors target = MemoryTensors.like(five.base());
      long before = directBytes();

      walk(new PrefixMerger(prepared, buffers), subsets, target);

      // One sum more would show; what is freed meanwhile makes it less.
      assertThat(directBytes() - before)
          .as(method.describe())
          .isLessThan(
              Math.min(buffers, method.mostPrefixes(subsets.minimumSize(), subsets.maximumSize()))
                      * method.prefixBytes(five.base().tensors(), subsets.at(0))
                  + (long) five.base().all().length * Float.BYTES);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "average, a+b, 1",
    "model-stock, a+b, 1",
    "ties, a+b, 4",
    "ties, a:0.25+b:0.75, 5",
    "sce, a+b, 0"
  })
  void tellsHowManySumsAnElementNeeds(String method, String mixture, int sums) {
    assertThat(prefixBytes(Merging.method(method), mixture)).isEqualTo(64L * Float.BYTES * sums);
  }

  @Test
  void needsAnotherSumForLayersScaledByNormsOfADeltaThatIsNotPlain() {
    String[] lines = {"lines.scaling", "linear"};

    assertThat(prefixBytes(Merging.method("average", lines), "a+b")).isEqualTo(64 * 4);
    assertThat(prefixBytes(Merging.method("top-k-grafting", lines), "a+b")).isEqualTo(64 * 4 * 2);
    assertThat(prefixBytes(Merging.method("ties", lines), "a+b")).isEqualTo(64 * 4 * 5);
  }

  /** Of a model with one element, which takes the place of 64. */
  private static long prefixBytes(MergeMethod method, String mixture) {
    return method.prefixBytes(TEN.base().tensors(), Mixture.parse(mixture));
  }

  /** How many elements are kept is drawn; half of these fill a whole piece of memory. */
  @Test
  void preparesInTheMemoryThatTheMethodTells() {
    int elements = 1 << 21;
    MemoryTensors base =
        new MemoryTensors().with("w", List.of(1L << 14, 1L << 7), new float[elements]);
    Merging merging =
        new Merging(base, new TreeMap<>(Map.of("a", base, "b", base, "c", base, "d", base)));
    MergeMethod della = Merging.method("della", "density", "0.5", "epsilon", "0.5");
    for (MergeMethod method : List.of(della, Merging.method("ties"), Merging.method("dare-ties"))) {
      long before = directBytes();

      merging.prepared(method);

      // One mask more would show; what is freed meanwhile makes it less.
      assertThat(directBytes() - before)
          .as(method.describe())
          .isLessThan(method.preparedBytes(base.tensors(), 4) + elements / 8);
    }
    assertThat(della.preparedBytes(base.tensors(), 4))
        .isLessThanOrEqualTo(
            4L * (elements / 8 + elements / 2 * Float.BYTES + (1 << 20) * Float.BYTES));
  }

  @Test
  void needsABitForEachElementThatMayBeDropped() {
    assertThat(preparedBytes("average")).isZero();
    assertThat(preparedBytes("sce")).isZero();
    assertThat(preparedBytes("ties")).isEqualTo(3 * 8);
    assertThat(preparedBytes("dare-ties")).isEqualTo(3 * 8);
    assertThat(preparedBytes("ties", "density", "1")).isZero();
    assertThat(preparedBytes("della")).isEqualTo(3 * (8 + 4 * (1 << 20)));
    assertThat(preparedBytes("della", "mode", "mergekit", "density", "0.5")).isEqualTo(3 * 8);
  }

  /** Of three experts of a model with one element, which takes the place of 64. */
  private static long preparedBytes(String method, String... given) {
    return Merging.method(method, given).preparedBytes(TEN.base().tensors(), 3);
  }

  @Test
  void readsTheDeltasOfWhatItAddsAndNoOthers() {
    Merging five = Merging.of(new float[] {1}, new float[][] {{1}, {2}, {4}, {8}, {16}});
    PrefixMerger merger = new PrefixMerger(five.prepared(Merging.method("average")), 8);
    MemoryTensors target = MemoryTensors.like(five.base());
    merger.merge(Mixture.parse("a+b+c"), Optional.empty(), target);
    merger.merge(Mixture.parse("a+b+d"), Optional.empty(), target);

    assertThat(target.of("w")).containsExactly(1 + 11f / 3);
    assertThat(five.deltas().values())
        .extracting(MemoryTensors.class::cast)
        .allSatisfy(d -> assertThat(d.tensorsOpened()).isEqualTo(d.elementsRead()))
        .extracting(MemoryTensors::elementsRead)
        .containsExactly(1L, 1L, 1L, 1L, 0L);
  }

  @Test
  void leavesOutTensorsWithoutFloatingPointNumbersOrElements() {
    MemoryTensors base =
        new MemoryTensors().with("w", 1, 2).withIntegers("ids", 3).with("none", new float[0]);
    MemoryTensors expert =
        new MemoryTensors().with("w", 1, 1).withIntegers("ids", 3).with("none", new float[0]);
    Merging merging = new Merging(base, new TreeMap<>(Map.of("a", expert)));

    assertThat(merging.merge("ties").of("w")).containsExactly(2, 2);
  }

  @Test
  void doesNotGoOnFromAMergeThatFailed() {
    Merging merging = Merging.random(3, 5);
    PrefixMerger merger = new PrefixMerger(merging.prepared(Merging.method("average")), 2);
    MemoryTensors target = MemoryTensors.like(merging.base());
    merger.merge(Mixture.parse("a+b"), Optional.empty(), target);
    assertThatThrownBy(
            () ->
                merger.merge(
                    Mixture.parse("a+b+c"),
                    Optional.empty(),
                    (tensor, offset, source, length) -> {
                      throw new IllegalStateException("full");
                    }))
        .hasMessage("full");

    merger.merge(Mixture.parse("a+b+c"), Optional.empty(), target);

    assertThat(target.all())
        .containsExactly(merging.merge(Merging.method("average"), Mixture.parse("a+b+c")).all());
  }

  @Test
  void refusesAnUnknownDataset() {
    PrefixMerger merger = new PrefixMerger(TEN.prepared(Merging.method("average")), 2);

    assertThatThrownBy(
            () ->
                merger.merge(
                    Mixture.parse("a+z"), Optional.empty(), MemoryTensors.like(TEN.base())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No expert for dataset z");
  }

  /** The model has one element: what was read of the deltas was added to it. */
  private static long additions(String method, SubsetSpace subsets, int buffers) {
    PrefixMerger merger = new PrefixMerger(TEN.prepared(Merging.method(method)), buffers);
    long before = elementsRead(TEN);
    walk(merger, subsets, MemoryTensors.like(TEN.base()));
    return elementsRead(TEN) - before;
  }

  private static long elementsRead(Merging merging) {
    return merging.deltas().values().stream()
        .mapToLong(delta -> ((MemoryTensors) delta).elementsRead())
        .sum();
  }

  private static void walk(PrefixMerger merger, SubsetSpace subsets, MemoryTensors target) {
    for (long i = 0; i < subsets.size(); i++) {
      Optional<Mixture> next =
          i + 1 < subsets.size() ? Optional.of(subsets.at(i + 1)) : Optional.empty();
      merger.merge(subsets.at(i), next, target);
    }
  }

  /** An export keeps no sums: it reads each delta once, and holds some chunks of the heap. */
  @Test
  void readsEveryDeltaOnceAndAllocatesNothingOfTheModelsSizeWithoutBuffers() {
    Merging five = Merging.random(5, 11);
    PrefixMerger merger = new PrefixMerger(five.prepared(Merging.method("average")), 0);
    MemoryTensors target = MemoryTensors.like(five.base());
    long before = directBytes();

    merger.merge(five.all(), Optional.empty(), target);

    long elements = five.base().all().length;
    assertThat(five.base().elementsRead()).isEqualTo(elements);
    assertThat(elementsRead(five)).isEqualTo(5 * elements);
    assertThat(directBytes() - before).isLessThan(elements * Float.BYTES);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
