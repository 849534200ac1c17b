package org.mergetomix.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.score.Estimate;
import org.mergetomix.table.FrontPlace;
import org.mergetomix.table.RankedRow;
import org.mergetomix.table.RowStatus;

class BaselineChoiceTest {

  private static final SortedMap<String, SortedMap<String, Double>> NUMBERS =
      new TreeMap<>(
          Map.of(
              "a", known(0.5, -1),
              "b", known(0.2, 3),
              "c", known(0.2, 2),
              "d", known(0.1, -4)));

  @Test
  void takesAsManyDatasetsAsTheBestMixtureHasOfThoseWithTheGreatestNumbers() {
    RankedRow expected = row("a+b", 4);
    List<String> asked = new ArrayList<>();

    List<BaselineChoice> choices =
        BaselineChoice.of(
            NUMBERS,
            SubsetWeights.EQUAL,
            List.of(row("c+d", 1)),
            mixtures -> {
              asked.addAll(mixtures);
              return List.of(expected);
            });

    assertThat(asked).containsExactly("a+b", "b+c");
    assertThat(choices)
        .containsExactly(
            new BaselineChoice("share", "a+b", Optional.of(expected)),
            new BaselineChoice("similarity", "b+c", Optional.empty()));
  }

  @Test
  void weighsItsChoiceAsTheSearchDoesItsSubsets() {
    SortedMap<String, Long> examples = new TreeMap<>(Map.of("a", 2L, "b", 1L, "c", 1L, "d", 1L));

    List<BaselineChoice> choices =
        BaselineChoice.of(
            NUMBERS,
            new SubsetWeights(SubsetWeights.By.EXAMPLE, examples),
            List.of(row("c+d", 1)),
            mixtures -> List.of());

    assertThat(choices)
        .extracting(BaselineChoice::mixture)
        .containsExactly("a:0.667+b:0.333", "b+c");
  }

  @Test
  void doesNotTakeAFailedMixtureForARankedOne() {
    List<BaselineChoice> choices =
        BaselineChoice.of(
            NUMBERS, SubsetWeights.EQUAL, List.of(row("d", 1)), mixtures -> List.of(row("a", 0)));

    assertThat(choices.get(0)).isEqualTo(new BaselineChoice("share", "a", Optional.empty()));
  }

  @Test
  void asksForNothingWhereNothingIsKnownOrNoMixtureIsRanked() {
    assertThat(
            BaselineChoice.of(
                new TreeMap<>(), SubsetWeights.EQUAL, List.of(row("a", 1)), this::unexpected))
        .isEmpty();
    assertThat(BaselineChoice.of(NUMBERS, SubsetWeights.EQUAL, List.of(), this::unexpected))
        .isEmpty();
  }

  private List<RankedRow> unexpected(Collection<String> mixtures) {
    throw new AssertionError("Asked for " + mixtures);
  }

  private static SortedMap<String, Double> known(double share, double similarity) {
    return new TreeMap<>(Map.of("share", share, "similarity", similarity));
  }

  private static RankedRow row(String id, long rank) {
    Mixture mixture = Mixture.parse(id);
    return new RankedRow(
        rank == 0 ? OptionalLong.empty() : OptionalLong.of(rank),
        id,
        mixture.datasets(),
        mixture.weights(),
        new Estimate(3, 0.1),
        new Estimate(rank - 1, 0.1),
        Optional.empty(),
        FrontPlace.UNTOLD,
        new TreeMap<>(),
        10,
        false,
        rank == 0 ? RowStatus.FAILED : RowStatus.OK,
        "",
        0,
        0);
  }
}
