package org.mergetomix.surface.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.surface.Axes;
import org.mergetomix.surface.Observation;
import org.mergetomix.testing.SyntheticScores;

class RoundPromiseTest {

  /** What a surface search says of its rounds while it makes them. */
  @Test
  void isWhatTheProposerExpected() {
    SyntheticScores scores = new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0.0005, 3);
    Axes axes = scores.axes();
    SurfaceProposer proposer =
        new SurfaceProposer(AllowedSubsets.all(axes), SearchSettings.of(6, 1));
    List<List<Observation>> rounds = new ArrayList<>();
    List<SearchStep.Evaluate> steps = new ArrayList<>();
    while (proposer.next(History.of(rounds)) instanceof SearchStep.Evaluate evaluate) {
      steps.add(evaluate);
      rounds.add(evaluate.mixtures().stream().map(scores::observed).toList());
    }

    List<RoundPromise> promises = RoundPromise.of(axes, List.of(), rounds);

    assertThat(promises).hasSameSizeAs(rounds);
    assertThat(promises.get(0).promised()).isEmpty();
    assertThat(steps.stream().filter(step -> step.expectedImprovement().isPresent()))
        .hasSizeGreaterThan(1);
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).expectedImprovement().isPresent()) {
        assertThat(promises.get(i).promised().orElseThrow())
            .isCloseTo(steps.get(i).expectedImprovement().orElseThrow(), within(1e-9));
      }
      assertThat(promises.get(i).number()).isEqualTo(i + 1);
    }
    assertThat(promises.get(promises.size() - 1).best())
        .isEqualTo(
            rounds.stream()
                .flatMap(List::stream)
                .mapToDouble(Observation::score)
                .min()
                .orElseThrow());
  }
}
