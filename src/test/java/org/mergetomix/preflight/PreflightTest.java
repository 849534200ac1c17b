package org.mergetomix.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.mergetomix.expert.Delta;
import org.mergetomix.merge.MemoryTensors;

class PreflightTest {

  private static final Offset<Double> ROUNDING = within(1e-7);

  private final MemoryTensors base =
      new MemoryTensors()
          .with("head", 30, 0)
          .with("layers.0.w", 0, 40)
          .with("layers.1.w", 3, 4)
          .withIntegers("ids", 7);

  @Test
  void measuresNormsDriftAndWhatMoved() {
    Preflight figures = figures(Map.of("es", delta(3, 0, 0, 4, 0, 0)));
    Preflight.Movement es = figures.experts().get("es");

    assertThat(figures.baseNorm()).isCloseTo(Math.sqrt(2525), ROUNDING);
    assertThat(es.norm()).isCloseTo(5, ROUNDING);
    assertThat(es.drift()).isCloseTo(5 / Math.sqrt(2525), ROUNDING);
    assertThat(es.movedShare()).isCloseTo(2 / 6.0, ROUNDING);
    assertThat(es.layers())
        .containsOnly(
            Map.entry("layers.0", 0.1),
            Map.entry("layers.1", 0.0),
            Map.entry(Preflight.OUTSIDE, 0.1));
  }

  @Test
  void measuresCosinesOfEveryPair() {
    Preflight figures =
        figures(
            Map.of(
                "es", delta(1, 0, 0, 0, 0, 0),
                "fr", delta(1, 1, 0, 0, 0, 0),
                "it", delta(0, -2, 0, 0, 0, 0)));

    assertThat(figures.cosines().get("es").get("fr")).isCloseTo(Math.sqrt(0.5), ROUNDING);
    assertThat(figures.cosines().get("es").get("it")).isZero();
    assertThat(figures.cosines().get("fr").get("it")).isCloseTo(-Math.sqrt(0.5), ROUNDING);
    assertThat(figures.cosines().get("it")).isEmpty();
  }

  @Test
  void readsEveryDeltaOnce() {
    MemoryTensors es = delta(1, 0, 0, 0, 0, 0);
    MemoryTensors fr = delta(0, 0, 1, 0, 0, 0);
    figures(Map.of("es", es, "fr", fr));

    assertThat(List.of(es.elementsRead(), fr.elementsRead(), base.elementsRead())).containsOnly(6L);
  }

  @Test
  void isTheSameFromAnyNumberOfParts() {
    Map<String, Delta> deltas =
        Map.of("es", delta(1, 2, 3, 0, 5, 6), "fr", delta(0.1f, 0, -0.3f, 4, 5, 0.6f));
    Preflight whole = figures(deltas);

    for (int parts : new int[] {2, 3, 7}) {
      List<PreflightSums> sums =
          IntStream.range(0, parts)
              .mapToObj(part -> PreflightSums.of(base, deltas, parts - 1 - part, parts))
              .toList();
      assertThat(Preflight.of(sums)).isEqualTo(whole);
    }
  }

  @Test
  void warnsOfExpertsThatMovedTooFarNowhereOrToNoNumber() {
    Preflight figures =
        figures(
            Map.of(
                "de", delta(20, 0, 0, 0, 0, 0),
                "es", delta(0, 0, 8, 0, 0, 0),
                "it", delta(0, 0, 0, 0, 0, 0),
                "pt", delta(0, 0, 0, 0, Float.NaN, 0)));

    assertThat(figures.warnings())
        .containsExactly(
            "An expert has parameters that are NaN or infinite: no mixture with it can be evaluated"
                + " (pt in layers.1.w). Fine-tune it again at a lower learning rate, or leave its"
                + " dataset out.",
            "An expert is the base itself, its delta is all zeros: in a mixture it says nothing of"
                + " its dataset (it). Was it fine-tuned, and saved?",
            "An expert moved by more than 10 % of the base's norm, up to which there is"
                + " published evidence that surrogates hold; beyond, some rankings hold and some do"
                + " not, and drift does not tell which (de by 40 %, es by 16 %). Measure it: with"
                + " fidelity after a search, or before it with check --deep, where experts were"
                + " fine-tuned with training.held-out.");
  }

  @Test
  void warnsOfPairsThatAreTheSameAlikeOrOpposed() {
    Preflight figures =
        figures(
            Map.of(
                "de", delta(2, 0, 0, 0, 0, 0),
                "es", delta(1, 1, 0, 0, 0, 0),
                "fr", delta(0, -1, 0.5f, 0, 0, 0),
                "it", delta(2, 0, 0, 0, 0, 0)));

    assertThat(figures.warnings())
        .containsExactly(
            "Two experts are the same, or one is a multiple of the other: the ranking cannot tell"
                + " their datasets apart (cosine of de and it 1.00). Was one saved over the other?"
                + " Name the right file, or leave one dataset out.",
            "Two experts moved in much the same direction, so their datasets may overlap: mixtures"
                + " that differ in one of them score alike, and their order says little (cosine of"
                + " de and es 0.71, es and it 0.71). Look at the ties in the ranked table"
                + " before you choose between them.",
            "Two experts moved against each other, and their merge undoes part of each, which"
                + " training on both need not do: mixtures with both may be ranked too low (cosine"
                + " of es and fr -0.63). Measure some of them with fidelity before you leave one"
                + " out.");
  }

  @Test
  void warnsOfExpertsThatMovedUnlikeDistances() {
    assertThat(
            figures(Map.of("es", delta(4, 0, 0, 0, 0, 0), "fr", delta(0, 1, 0, 0, 0, 0)))
                .warnings())
        .containsExactly(
            "Experts moved unlike distances: in a mixture the far one outweighs the near one,"
                + " whatever their datasets are worth (es moved 4.0 times as far as fr). Fine-tune"
                + " all experts for the same number of steps.");
  }

  @Test
  void namesAFewPairsAndCountsTheOthers() {
    Map<String, Delta> same = new TreeMap<>();
    for (String id : List.of("a", "b", "c", "d")) {
      same.put(id, delta(1, 0, 0, 0, 0, 0));
    }

    assertThat(figures(same).warnings())
        .singleElement()
        .asString()
        .contains("(cosine of a and b 1.00, a and c 1.00, ", "b and d 1.00 and 1 more)");
  }

  @Test
  void isSilentAboutSmallOrthogonalMoves() {
    assertThat(
            figures(Map.of("es", delta(1, 0, 0, 0, 0, 0), "fr", delta(0, 0, 1, 0, 0, 0)))
                .warnings())
        .isEmpty();
  }

  private Preflight figures(Map<String, Delta> deltas) {
    return Preflight.of(List.of(PreflightSums.of(base, deltas, 0, 1)));
  }

  private static MemoryTensors delta(float a, float b, float c, float d, float e, float f) {
    return new MemoryTensors()
        .with("head", a, b)
        .with("layers.0.w", c, d)
        .with("layers.1.w", e, f)
        .withIntegers("ids", 7);
  }
}
