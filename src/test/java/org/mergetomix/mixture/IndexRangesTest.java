package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class IndexRangesTest {

  private static final int SIZE = 64;

  @Test
  void joinsNeighboursAndForgetsEmptyRanges() {
    IndexRanges ranges =
        IndexRanges.of(
            List.of(
                new IndexRange(5, 9),
                new IndexRange(0, 2),
                new IndexRange(2, 3),
                new IndexRange(4, 4),
                new IndexRange(6, 7)));

    assertThat(ranges.ranges()).containsExactly(new IndexRange(0, 3), new IndexRange(5, 9));
    assertThat(ranges.size()).isEqualTo(7);
  }

  @Test
  void coversSpacesThatNoListCouldHold() {
    long size = (1L << 62) - 1;
    IndexRanges done = IndexRanges.of(List.of(new IndexRange(10, size - 10)));

    assertThat(done.complement(size).ranges())
        .containsExactly(new IndexRange(0, 10), new IndexRange(size - 10, size));
    assertThat(IndexRanges.of(List.of()).complement(size).take(1L << 40).ranges())
        .containsExactly(new IndexRange(0, 1L << 40));
  }

  @Test
  void refusesIndicesBeyondTheSpace() {
    assertThatThrownBy(() -> IndexRanges.of(List.of(new IndexRange(0, 5))).complement(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("goes beyond size 4");
    assertThatThrownBy(() -> new IndexRange(-1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Not a range of indices: -1 to 3");
    assertThatThrownBy(() -> new IndexRange(3, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Property(seed = "1")
  void isTheUnionOfItsRanges(@ForAll("ranges") List<IndexRange> ranges) {
    IndexRanges set = IndexRanges.of(ranges);

    assertThat(bits(set.ranges())).isEqualTo(bits(ranges));
    assertThat(set.size()).isEqualTo(bits(ranges).cardinality());
    assertIsMinimal(set);
    List<IndexRange> single =
        bits(ranges).stream().mapToObj(index -> new IndexRange(index, index + 1)).toList();
    assertThat(IndexRanges.of(single)).isEqualTo(set).hasSameHashCodeAs(set);
  }

  @Property(seed = "1")
  void complementHoldsTheRest(@ForAll("ranges") List<IndexRange> ranges) {
    IndexRanges complement = IndexRanges.of(ranges).complement(SIZE);

    BitSet rest = bits(ranges);
    rest.flip(0, SIZE);
    assertThat(bits(complement.ranges())).isEqualTo(rest);
    assertIsMinimal(complement);
    assertThat(complement.complement(SIZE)).isEqualTo(IndexRanges.of(ranges));
  }

  @Property(seed = "1")
  void takesTheFirst(
      @ForAll("ranges") List<IndexRange> ranges, @ForAll @IntRange(max = SIZE + 3) int count) {
    IndexRanges taken = IndexRanges.of(ranges).take(count);

    BitSet first = new BitSet();
    bits(ranges).stream().limit(count).forEach(first::set);
    assertThat(bits(taken.ranges())).isEqualTo(first);
    assertIsMinimal(taken);
  }

  @Provide
  Arbitrary<List<IndexRange>> ranges() {
    return range().list().ofMaxSize(12);
  }

  private static Arbitrary<IndexRange> range() {
    Arbitrary<Integer> ends = Arbitraries.integers().between(0, SIZE);
    return Combinators.combine(ends, ends)
        .as((one, other) -> new IndexRange(Math.min(one, other), Math.max(one, other)));
  }

  private static BitSet bits(List<IndexRange> ranges) {
    BitSet bits = new BitSet();
    ranges.forEach(range -> bits.set((int) range.start(), (int) range.end()));
    return bits;
  }

  private static void assertIsMinimal(IndexRanges set) {
    long before = -1;
    for (IndexRange range : set.ranges()) {
      assertThat(range.start()).isGreaterThan(before);
      assertThat(range.size()).isPositive();
      before = range.end();
    }
  }
}
