package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.mergetomix.mixture.SubsetWeights.By;
import org.mergetomix.problem.UserException;

class SubsetWeightsTest {

  private static final SubsetWeights SIZES =
      new SubsetWeights(By.EXAMPLE, new TreeMap<>(Map.of("a", 100L, "b", 300L, "c", 100L)));

  @Test
  void goByTheDataOfTheDatasetsThatAreThere() {
    assertThat(SIZES.subset(List.of("b", "a")).id()).isEqualTo("a:0.25+b:0.75");
    assertThat(SIZES.subset(List.of("a", "b", "c")).id()).isEqualTo("a:0.2+b:0.6+c:0.2");
    assertThat(SIZES.subset(List.of("b"))).isEqualTo(Mixture.parse("b"));
  }

  @Test
  void areEqualWhereAmountsAre() {
    assertThat(SIZES.subset(List.of("a", "c"))).isEqualTo(Mixture.parse("a+c"));
    SubsetWeights thirds =
        new SubsetWeights(By.TOKEN, new TreeMap<>(Map.of("a", 7L, "b", 7L, "c", 7L)));
    assertThat(thirds.subset(List.of("a", "b", "c"))).isEqualTo(Mixture.parse("a+b+c"));
    assertThat(SubsetWeights.EQUAL.subset(List.of("a", "b"))).isEqualTo(Mixture.parse("a+b"));
  }

  @Test
  void tellASubsetFromOtherRatios() {
    assertThat(SIZES.isSubset(Mixture.parse("a:0.25+b:0.75"))).isTrue();
    assertThat(SIZES.isSubset(Mixture.parse("a+c"))).isTrue();
    assertThat(SIZES.isSubset(Mixture.parse("a+b"))).isFalse();
    assertThat(SIZES.isSubset(Mixture.parse("a+x"))).isFalse();
    assertThat(SIZES.isSubset(Mixture.none())).isFalse();
    assertThat(SubsetWeights.EQUAL.isSubset(Mixture.parse("a+b"))).isTrue();
    assertThat(SubsetWeights.EQUAL.isSubset(Mixture.parse("a:0.25+b:0.75"))).isFalse();
  }

  @Test
  void keepEveryDatasetThatHasAThousandthOfAll() {
    SubsetWeights least =
        new SubsetWeights(By.EXAMPLE, new TreeMap<>(Map.of("a", 1L, "b", 998L, "c", 1L)));

    least.requireTold(List.of("a", "b", "c"));

    assertThat(least.subset(List.of("a", "b", "c")).id()).isEqualTo("a:0.001+b:0.998+c:0.001");
  }

  @Test
  void leaveEvenTheLeastDatasetAThousandth() {
    SubsetWeights weights =
        new SubsetWeights(By.EXAMPLE, new TreeMap<>(Map.of("a", 100_000L, "b", 50_000L, "x", 1L)));

    assertThat(weights.subset(List.of("a", "b", "x")).id()).isEqualTo("a:0.666+b:0.333+x:0.001");
    assertThat(weights.isSubset(Mixture.parse("a+x"))).isFalse();
  }

  @Test
  void refuseDatasetsThatHaveLess() {
    SubsetWeights weights =
        new SubsetWeights(By.TOKEN, new TreeMap<>(Map.of("a", 1L, "b", 999L, "c", 1L)));

    assertThatThrownBy(() -> weights.requireTold(List.of("a", "b", "c")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Dataset a has 1 of 1,001 tokens")
        .hasMessageContaining("Dataset c has 1 of 1,001 tokens")
        .hasMessageContaining("search.forbidden");
    weights.requireTold(List.of("a", "b"));
    SubsetWeights.EQUAL.requireTold(List.of("x"));
  }

  @Test
  void numberTheSpaceOfSubsetsAsEqualOnesDo() {
    SubsetSpace equal = SubsetSpace.of(List.of("a", "b", "c"), 1, 3);
    SubsetSpace weighted = SubsetSpace.of(List.of("a", "b", "c"), List.of(), 1, 3, SIZES);

    assertThat(weighted.size()).isEqualTo(equal.size());
    for (long index = 0; index < equal.size(); index++) {
      Mixture mixture = weighted.at(index);
      assertThat(mixture).isEqualTo(SIZES.subset(equal.at(index).datasets()));
      assertThat(weighted.indexOf(mixture)).isEqualTo(index);
    }
    assertThat(weighted.indexOf(Mixture.parse("a+b"))).isEqualTo(-1);
    assertThat(weighted.describe())
        .isEqualTo("all 7 subsets of 3 datasets, weighted by example (a 100, b 300, c 100)");
  }

  @Test
  void needAmountsExactlyWhereTheyGoByThem() {
    assertThatThrownBy(() -> new SubsetWeights(By.EXAMPLE, new TreeMap<>()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SubsetWeights(By.DATASET, new TreeMap<>(Map.of("a", 1L))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SubsetWeights(By.TOKEN, new TreeMap<>(Map.of("a", 0L))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 300, seed = "1")
  void sayTheWeightsOfASubsetWithoutMakingIt(
      @ForAll @Size(min = 1, max = 26) List<@LongRange(min = 1, max = 5_000) Long> amounts) {
    SortedMap<String, Long> byId = new TreeMap<>();
    amounts.forEach(amount -> byId.put(String.valueOf((char) ('A' + byId.size())), amount));
    SubsetWeights weights = new SubsetWeights(By.TOKEN, byId);
    List<String> ids = List.copyOf(byId.keySet());

    Mixture subset = weights.subset(ids);

    assertThat(SubsetWeights.weights(ids.stream().mapToDouble(weights::amount).toArray()))
        .containsExactly(ids.stream().mapToDouble(subset::weight).toArray());
  }
}
