package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class SubsetSpaceTest {

  @Test
  void goesThroughSubsetsInPrefixOrder() {
    assertThat(listed(SubsetSpace.of(List.of("c", "a", "b"), 1, 3)))
        .extracting(Mixture::id)
        .containsExactly("a", "a+b", "a+b+c", "a+c", "b", "b+c", "c");
    assertThat(listed(SubsetSpace.of(List.of("a", "b", "c", "d"), 2, 2)))
        .extracting(Mixture::id)
        .containsExactly("a+b", "a+c", "a+d", "b+c", "b+d", "c+d");
  }

  @Test
  void describesItself() {
    assertThat(SubsetSpace.of(ids(8), 1, 8).describe()).isEqualTo("all 255 subsets of 8 datasets");
    assertThat(SubsetSpace.of(ids(8), 2, 4).describe())
        .isEqualTo("154 subsets of 8 datasets, of size 2 to 4");
    assertThat(SubsetSpace.of(List.of("b", "a"), 1, 2).datasets()).containsExactly("a", "b");
  }

  @Test
  void anyMaximumFromTheNumberOfDatasetsUpwardIsNoLimit() {
    assertThat(SubsetSpace.of(ids(5), 1, Integer.MAX_VALUE).size()).isEqualTo(31);
  }

  @Test
  void holdsNoOtherMixture() {
    SubsetSpace space = SubsetSpace.of(List.of("a", "b", "c", "d"), 2, 3);

    assertThat(
            List.of("a", "a+b+c+d", "a+x", "x+y", "A+b", "a+bb", "c+e", "a:0.25+b:0.75").stream()
                .map(Mixture::parse)
                .map(space::indexOf))
        .containsOnly(-1L);
    assertThatThrownBy(() -> space.at(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> space.at(10))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("10");
  }

  @Test
  void countsExactlyUpToSixtyTwoDatasets() {
    SubsetSpace space = SubsetSpace.of(ids(62), 1, 62);

    assertThat(space.size()).isEqualTo((1L << 62) - 1);
    assertThat(space.at(space.size() - 1).id()).isEqualTo("d061");
    assertThat(space.at(61).size()).isEqualTo(62);
    assertThat(SubsetSpace.of(ids(1000), 1, 3).size())
        .isEqualTo(1000 + 1000 * 999 / 2 + 1000L * 999 * 998 / 6);
  }

  @Test
  void refusesMoreSubsetsThanALongCanCount() {
    assertThatThrownBy(() -> SubsetSpace.of(ids(64), 1, 64))
        .isInstanceOfSatisfying(
            UserException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "64 datasets have more subsets than can be numbered (search.maximum-size)."
                + " Set a lower search.maximum-size.");
    assertThatThrownBy(() -> SubsetSpace.of(ids(3000), 1, 3000))
        .hasMessageContaining("3000 datasets have more subsets than can be numbered");
  }

  @Test
  void refusesSizesThatMakeNoSpace() {
    assertThatThrownBy(() -> SubsetSpace.of(ids(3), 0, 3))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "A mixture cannot have 0 datasets (search.minimum-size)."
                + " Set search.minimum-size to 1 or more.");
    assertThatThrownBy(() -> SubsetSpace.of(ids(3), 3, 2))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "search.maximum-size 2 is below search.minimum-size 3 (search.maximum-size)."
                + " Raise search.maximum-size or lower search.minimum-size.");
    assertThatThrownBy(() -> SubsetSpace.of(ids(3), 4, 9))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "No mixture can have 4 of 3 datasets (search.minimum-size)."
                + " Set search.minimum-size to 3 or less.");
    assertThatThrownBy(() -> SubsetSpace.of(List.of("a", "a", "b:c"), 0, 3))
        .isInstanceOfSatisfying(
            UserException.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::what)
                    .containsExactly(
                        "Dataset 'a' is named 2 times",
                        "'b:c' is not a dataset id",
                        "A mixture cannot have 0 datasets"));
    assertThatThrownBy(() -> SubsetSpace.of(List.of(), 1, 1))
        .isInstanceOf(UserException.class)
        .hasMessage("There is no dataset. Name at least one dataset.");
  }

  @Property(seed = "1", tries = 200)
  void holdsEverySubsetOnceInPrefixOrder(@ForAll("bounds") Bounds bounds) {
    assertThat(listed(bounds.space()).stream().map(Mixture::datasets).toList())
        .isEqualTo(bounds.bruteForce());
  }

  @Property(seed = "1", tries = 200)
  void indexLeadsToTheMixtureAndBack(@ForAll("bounds") Bounds bounds) {
    SubsetSpace space = bounds.space();

    for (long index = 0; index < space.size(); index++) {
      assertThat(space.indexOf(space.at(index))).isEqualTo(index);
    }
  }

  @Test
  void knowsNoSubsetThatLacksARequiredDataset() {
    SubsetSpace space = SubsetSpace.of(ids(4), List.of("d002", "d003"), 1, 4, SubsetWeights.EQUAL);
    List<String> ids = space.datasets();

    assertThat(space.size()).isEqualTo(4);
    assertThat(space.describe()).startsWith("4 subsets of 4 datasets, of size 2 to 4, with ");
    for (int mask = 1; mask < 16; mask++) {
      int members = mask;
      Mixture mixture =
          Mixture.subset(
              IntStream.range(0, 4)
                  .filter(i -> (members >> i & 1) == 1)
                  .mapToObj(ids::get)
                  .toList());
      boolean inside = mixture.datasets().containsAll(List.of("d002", "d003"));
      assertThat(space.indexOf(mixture) >= 0).as(mixture.id()).isEqualTo(inside);
    }
    assertThatThrownBy(
            () -> SubsetSpace.of(ids(3), List.of("d000", "d001", "x"), 1, 1, SubsetWeights.EQUAL))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("There is no dataset x to require")
        .hasMessageContaining("3 datasets are required, and a mixture may have 1");
  }

  @Property(seed = "1")
  void largeIndexLeadsToTheMixtureAndBack(
      @ForAll @LongRange(min = 0, max = (1L << 62) - 2) long index) {
    SubsetSpace space = SubsetSpace.of(ids(62), 1, 62);

    assertThat(space.indexOf(space.at(index))).isEqualTo(index);
  }

  @Provide
  Arbitrary<Bounds> bounds() {
    return Arbitraries.integers()
        .between(1, 10)
        .flatMap(
            count -> {
              Arbitrary<Integer> sizes = Arbitraries.integers().between(1, count);
              Arbitrary<Integer> masks =
                  Arbitraries.integers().between(0, (1 << count) - 1).edgeCases(c -> c.add(0));
              return Combinators.combine(sizes, sizes, masks)
                  .as(
                      (one, other, mask) ->
                          new Bounds(count, Math.min(one, other), Math.max(one, other), mask))
                  .filter(bounds -> Integer.bitCount(bounds.required()) <= bounds.maximumSize());
            });
  }

  /** Bounds; a bit says of a dataset that it is required. */
  private record Bounds(int datasets, int minimumSize, int maximumSize, int required) {

    SubsetSpace space() {
      return SubsetSpace.of(
          ids(datasets), members(required), minimumSize, maximumSize, SubsetWeights.EQUAL);
    }

    private List<String> members(int mask) {
      List<String> ids = ids(datasets);
      return IntStream.range(0, datasets)
          .filter(i -> (mask >> i & 1) == 1)
          .mapToObj(ids::get)
          .toList();
    }

    List<List<String>> bruteForce() {
      List<List<String>> subsets = new ArrayList<>();
      for (int mask = 1; mask < 1 << datasets; mask++) {
        if ((mask & required) == required
            && Integer.bitCount(mask) >= minimumSize
            && Integer.bitCount(mask) <= maximumSize) {
          subsets.add(members(mask));
        }
      }
      // Ids have equal lengths here and a blank sorts before them, so this puts lists in order.
      subsets.sort(Comparator.comparing(subset -> String.join(" ", subset)));
      return subsets;
    }
  }

  private static List<Mixture> listed(MixtureSpace space) {
    return LongStream.range(0, space.size()).mapToObj(space::at).toList();
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> String.format("d%03d", i)).toList();
  }
}
