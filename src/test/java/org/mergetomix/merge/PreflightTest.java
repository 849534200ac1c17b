package org.mergetomix.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.mergetomix.checkpoint.Delta;

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
    assertThat(es.finite()).isTrue();
    assertThat(es.layers().keySet()).containsExactly("", "layers.0", "layers.1");
    assertThat(es.layers().values()).containsExactly(0.1, 0.1, 0.0);
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
  void warnsInPlainWords() {
    Preflight figures =
        figures(
            Map.of(
                "de", delta(20, 0, 0, 0, 0, 0),
                "es", delta(1, 1, 0, 0, 0, 0),
                "fr", delta(0, -1, 0.5f, 0, 0, 0),
                "it", delta(0, 0, 0, 0, 0, 0),
                "pt", delta(0, 0, 0, 0, Float.NaN, 0)));

    assertThat(figures.warnings())
        .containsExactly(
            "The expert of de moved by 40 % of the base's norm: merged models are known to stand"
                + " for fine-tuned ones up to about 10 %. Fine-tune it for fewer steps, or check"
                + " the ranking with fidelity.mixtures.",
            "The expert of it is the base itself: was it fine-tuned, and saved?",
            "The expert of pt has parameters that are NaN or infinite: no mixture with it can be"
                + " evaluated.",
            "The experts of de and es moved in much the same direction (cosine 0.71): their"
                + " datasets may overlap, and adding one to the other may change little.",
            "The experts of es and fr moved against each other (cosine -0.63): a merge of both"
                + " undoes part of each.");
  }

  @Test
  void isSilentAboutSmallOrthogonalMoves() {
    assertThat(
            figures(Map.of("es", delta(1, 0, 0, 0, 0, 0), "fr", delta(0, 0, 1, 0, 0, 0)))
                .warnings())
        .isEmpty();
  }

  private Preflight figures(Map<String, Delta> deltas) {
    return Preflight.of(base, new TreeMap<>(deltas));
  }

  private static MemoryTensors delta(float a, float b, float c, float d, float e, float f) {
    return new MemoryTensors()
        .with("head", a, b)
        .with("layers.0.w", c, d)
        .with("layers.1.w", e, f)
        .withIntegers("ids", 7);
  }
}
