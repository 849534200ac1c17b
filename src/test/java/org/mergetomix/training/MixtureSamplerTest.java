package org.mergetomix.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.mergetomix.evaluation.TokenWindow;
import org.mergetomix.mixture.Mixture;

class MixtureSamplerTest {

  /** A window's example says which dataset it is of, and which of its windows it is. */
  private static final int PER_DATASET = 1000;

  @Property(tries = 300, seed = "1")
  void keepsEveryShareWithinOneDraw(
      @ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = 0.01, max = 1) Double> weights,
      @ForAll @IntRange(max = 1000) int seed) {
    Mixture mixture = mixture(weights);
    MixtureSampler<TokenWindow> sampler =
        new MixtureSampler<>(mixture, windows(mixture.datasets(), 7), seed);
    int[] drawn = new int[mixture.size()];

    for (int draws = 1; draws <= 300; draws++) {
      drawn[sampler.next().example() / PER_DATASET]++;

      for (int i = 0; i < drawn.length; i++) {
        assertThat(drawn[i] - mixture.weights().get(i) * draws).isBetween(-1.0, 1.0);
      }
    }
  }

  @Test
  void keepsAShareThatManyOthersDelay() {
    keepsEveryShareWithinOneDraw(
        List.of(0.564, 2.0, 3.0, 1.0, 1.0, 3.0, 0.0411, 0.0729, 0.0219, 0.0251), 1);
  }

  @Test
  void drawsASubsetInTurns() {
    MixtureSampler<TokenWindow> sampler = sampler(Mixture.subset(List.of("es", "fr", "it")), 5, 1);

    assertThat(IntStream.range(0, 300).map(i -> sampler.next().example() / PER_DATASET))
        .containsExactlyElementsOf(IntStream.range(0, 300).map(i -> i % 3).boxed().toList());
  }

  @Property(tries = 100, seed = "1")
  void drawsEveryWindowOnceAPass(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @DoubleRange(min = 0.1, max = 0.9) double weight) {
    MixtureSampler<TokenWindow> sampler =
        sampler(Mixture.weighted(Map.of("es", weight, "fr", 1 - weight)), size, 5);
    List<List<Integer>> drawn = List.of(new ArrayList<>(), new ArrayList<>());
    while (drawn.get(0).size() < 3 * size || drawn.get(1).size() < 3 * size) {
      int example = sampler.next().example();
      drawn.get(example / PER_DATASET).add(example % PER_DATASET);
    }

    List<Integer> all = IntStream.range(0, size).boxed().toList();
    for (List<Integer> dataset : drawn) {
      for (int pass = 0; pass < 3; pass++) {
        assertThat(dataset.subList(pass * size, (pass + 1) * size))
            .containsExactlyInAnyOrderElementsOf(all);
      }
    }
  }

  @Test
  void shufflesEveryPassAnew() {
    MixtureSampler<TokenWindow> sampler = sampler(Mixture.subset(List.of("es")), 20, 1);

    assertThat(draw(sampler, 20, 0)).isNotEqualTo(draw(sampler, 20, 0)).isNotEqualTo(sorted(20));
  }

  @Test
  void ordersADatasetByTheSeedAndItsIdAlone() {
    List<Integer> alone = draw(sampler(Mixture.subset(List.of("fr")), 30, 1), 50, 0);

    Mixture three = Mixture.weighted(Map.of("es", 0.3, "fr", 0.1, "it", 0.6));
    assertThat(draw(sampler(three, 30, 1), 50, 1)).isEqualTo(alone);
    Mixture two = Mixture.subset(List.of("fr", "pl"));
    assertThat(draw(sampler(two, 30, 1), 50, 0)).isEqualTo(alone);

    assertThat(draw(sampler(three, 30, 2), 50, 1)).isNotEqualTo(alone);
    assertThat(draw(sampler(Mixture.subset(List.of("pl")), 30, 1), 50, 0)).isNotEqualTo(alone);
  }

  @Test
  void ordersDatasetsIndependently() {
    // Their hash codes are equal; and they differ by 31, as two seeds times 31 do.
    assertThat(order("Aa", 1)).isNotEqualTo(order("BB", 1));
    assertThat(order("es", 1)).isNotEqualTo(order("ds", 2));

    // Of 8 windows, two datasets draw the same one as often as chance has it.
    for (int draw = 0; draw < 8; draw++) {
      int same = 0;
      for (int seed = 0; seed < 800; seed++) {
        if (order("es", seed).get(draw).equals(order("et", seed).get(draw))) {
          same++;
        }
      }
      assertThat(same).as("draw %d", draw).isBetween(60, 140);
    }
  }

  private static List<Integer> order(String dataset, long seed) {
    return draw(sampler(Mixture.subset(List.of(dataset)), 8, seed), 8, 0);
  }

  /** The windows that are drawn of one dataset, given by its place in the mixture. */
  private static List<Integer> draw(MixtureSampler<TokenWindow> sampler, int count, int dataset) {
    List<Integer> drawn = new ArrayList<>();
    while (drawn.size() < count) {
      int example = sampler.next().example();
      if (example / PER_DATASET == dataset) {
        drawn.add(example % PER_DATASET);
      }
    }
    return drawn;
  }

  private static List<Integer> sorted(int size) {
    return IntStream.range(0, size).boxed().toList();
  }

  private static MixtureSampler<TokenWindow> sampler(Mixture mixture, int size, long seed) {
    return new MixtureSampler<>(mixture, windows(mixture.datasets(), size), seed);
  }

  private static Mixture mixture(List<Double> weights) {
    SortedMap<String, Double> byId = new TreeMap<>();
    double sum = weights.stream().mapToDouble(weight -> weight).sum();
    for (int i = 0; i < weights.size(); i++) {
      byId.put("d" + (10 + i), weights.get(i) / sum);
    }
    return Mixture.weighted(byId);
  }

  private static SortedMap<String, List<TokenWindow>> windows(
      Collection<String> datasets, int size) {
    SortedMap<String, List<TokenWindow>> windows = new TreeMap<>();
    for (String dataset : datasets) {
      int first = windows.size() * PER_DATASET;
      windows.put(
          dataset,
          IntStream.range(first, first + size)
              .mapToObj(example -> TokenWindow.of(example, new int[] {1, 2}, 1).get(0))
              .toList());
    }
    return windows;
  }
}
