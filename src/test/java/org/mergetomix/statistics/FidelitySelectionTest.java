package org.mergetomix.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.statistics.FidelitySelection.Selected;

class FidelitySelectionTest {

  @Test
  void allDatasetsHaveTheWeightsOfTheSearch() {
    SubsetWeights sizes =
        new SubsetWeights(
            SubsetWeights.By.EXAMPLE, new TreeMap<>(Map.of("a", 1L, "b", 3L, "c", 4L)));
    Ranking ranking =
        new Ranking(mixtures("a:0.25+b:0.75", "a:0.125+b:0.375+c:0.5", "b:0.429+c:0.571"));

    assertThat(FidelitySelection.choose(ranking, List.of("a", "b", "c"), sizes, 3, 1))
        .contains(new Selected(Mixture.parse("a:0.125+b:0.375+c:0.5"), "all"));
  }

  @Test
  void picksTheEndsTheWellKnownAndASpread() {
    List<String> datasets = ids(8);
    Ranking ranking = ranking(8, 2, 8, 5);

    List<Selected> selected =
        FidelitySelection.choose(ranking, datasets, SubsetWeights.EQUAL, 16, 1);

    assertThat(selected).extracting(Selected::mixture).hasSize(16).doesNotHaveDuplicates();
    assertThat(selected.get(0)).isEqualTo(new Selected(ranking.at(0), "best"));
    assertThat(selected.get(1)).isEqualTo(new Selected(ranking.at(246), "worst"));
    assertThat(selected.get(2)).isEqualTo(new Selected(Mixture.subset(datasets), "all"));
    assertThat(selected.subList(3, 11))
        .allSatisfy(one -> assertThat(one.role()).isEqualTo("leave-one-out"))
        .allSatisfy(one -> assertThat(one.mixture().size()).isEqualTo(7));
    assertThat(places(ranking, selected.subList(11, 16)))
        .isSorted()
        .satisfies(places -> assertThat(places.get(0)).isLessThan(50))
        .satisfies(places -> assertThat(places.get(2)).isBetween(98L, 150L))
        .satisfies(places -> assertThat(places.get(4)).isGreaterThan(195));
    assertThat(selected.subList(11, 16)).extracting(Selected::role).containsOnly("spread");
  }

  @Test
  void seedDecidesTheDraws() {
    Ranking ranking = ranking(8, 2, 8, 5);

    assertThat(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 20, 1))
        .isEqualTo(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 20, 1))
        .isNotEqualTo(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 20, 2));
    assertThat(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 6, 1))
        .extracting(Selected::role)
        .containsExactly("best", "worst", "all", "leave-one-out", "leave-one-out", "leave-one-out");
    assertThat(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 6, 1))
        .isNotEqualTo(FidelitySelection.choose(ranking, ids(8), SubsetWeights.EQUAL, 6, 2));
  }

  @Test
  void firstRoleWins() {
    Ranking ranking = new Ranking(mixtures("a+b+c", "a+b", "b+c", "a+c"));

    assertThat(FidelitySelection.choose(ranking, List.of("c", "b", "a"), SubsetWeights.EQUAL, 9, 1))
        .extracting(Selected::role)
        .containsExactly("best", "worst", "leave-one-out", "leave-one-out");
  }

  @Test
  void picksOnlyWhatIsRanked() {
    assertThat(FidelitySelection.choose(ranking(9, 2, 3, 3), ids(9), SubsetWeights.EQUAL, 12, 1))
        .extracting(Selected::role)
        .containsOnly("best", "worst", "spread")
        .hasSize(12);
    assertThat(
            FidelitySelection.choose(
                new Ranking(mixtures("a+b")), List.of("a", "b"), SubsetWeights.EQUAL, 5, 1))
        .containsExactly(new Selected(Mixture.parse("a+b"), "best"));
    assertThat(
            FidelitySelection.choose(
                new Ranking(List.of()), List.of("a"), SubsetWeights.EQUAL, 5, 1))
        .isEmpty();
    assertThat(FidelitySelection.choose(ranking(3, 2, 3, 3), ids(3), SubsetWeights.EQUAL, 0, 1))
        .isEmpty();
  }

  @Test
  void spreadLeavesNoPartOfTheRankingOut() {
    Ranking ranking = ranking(9, 2, 3, 5);

    List<Long> places =
        places(ranking, FidelitySelection.choose(ranking, ids(9), SubsetWeights.EQUAL, 72, 1))
            .stream()
            .sorted()
            .toList();

    // 70 stretches of one or two places each.
    for (int i = 1; i < places.size(); i++) {
      assertThat(places.get(i) - places.get(i - 1)).isBetween(1L, 3L);
    }
  }

  @Test
  void looksUpOnlyAFewPlacesOfAHugeRanking() {
    SubsetSpace space = SubsetSpace.of(ids(62), 2, 62);
    Set<Long> lookedUp = new HashSet<>();
    RankedMixtures huge =
        new RankedMixtures() {
          @Override
          public long size() {
            return space.size();
          }

          @Override
          public Mixture at(long place) {
            lookedUp.add(place);
            return space.at(place);
          }

          @Override
          public boolean contains(Mixture mixture) {
            return space.indexOf(mixture) >= 0;
          }
        };

    List<Selected> selected = FidelitySelection.choose(huge, ids(62), SubsetWeights.EQUAL, 100, 1);

    assertThat(selected).hasSize(100);
    assertThat(lookedUp).hasSizeLessThanOrEqualTo(100);
    List<Long> spread =
        selected.stream()
            .filter(one -> one.role().equals("spread"))
            .map(one -> space.indexOf(one.mixture()))
            .toList();
    assertThat(spread).hasSize(35).isSorted();
    assertThat(spread.stream().map(place -> place / (space.size() / 35)))
        .containsExactlyElementsOf(LongStream.range(0, 35).boxed().toList());
  }

  @Property(seed = "1", tries = 300)
  void picksExactlyAsManyAsAskedForOrThereAre(
      @ForAll @IntRange(min = 2, max = 6) int datasets,
      @ForAll @IntRange(max = 70) int count,
      @ForAll long seed) {
    Ranking ranking = ranking(datasets, 2, datasets, seed);

    List<Selected> selected =
        FidelitySelection.choose(ranking, ids(datasets), SubsetWeights.EQUAL, count, seed);

    assertThat(selected)
        .extracting(Selected::mixture)
        .hasSize((int) Math.min(count, ranking.size()))
        .doesNotHaveDuplicates()
        .isSubsetOf(ranking.mixtures());
  }

  private record Ranking(List<Mixture> mixtures) implements RankedMixtures {

    @Override
    public long size() {
      return mixtures.size();
    }

    @Override
    public Mixture at(long place) {
      return mixtures.get((int) place);
    }

    @Override
    public boolean contains(Mixture mixture) {
      return mixtures.contains(mixture);
    }
  }

  private static Ranking ranking(int datasets, int minimumSize, int maximumSize, long seed) {
    SubsetSpace space = SubsetSpace.of(ids(datasets), minimumSize, maximumSize);
    List<Mixture> mixtures =
        new ArrayList<>(LongStream.range(0, space.size()).mapToObj(space::at).toList());
    Collections.shuffle(mixtures, new Random(seed));
    return new Ranking(mixtures);
  }

  private static List<Long> places(Ranking ranking, List<Selected> selected) {
    return selected.stream().map(one -> (long) ranking.mixtures().indexOf(one.mixture())).toList();
  }

  private static List<Mixture> mixtures(String... ids) {
    return List.of(ids).stream().map(Mixture::parse).toList();
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> String.format("d%02d", i)).toList();
  }
}
