package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.data.Question;

class ChoiceScoringTest {

  private static SortedMap<String, double[]> scores(int answer, double... likelihoods) {
    Question question = new Question("", List.of("bad", "good", "fair"), answer);
    double[] nats = new double[likelihoods.length];
    for (int i = 0; i < nats.length; i++) {
      nats[i] = -likelihoods[i];
    }
    return new ChoiceScoring(List.of(question), List.of(MultipleChoice.ACC, Classification.NLL))
        .scores(List.of(new TaskExample(0, new TreeMap<>(), new TreeMap<>())), List.of(), nats);
  }

  @Test
  void scoresTheRightLabelsShareOfAllLabels() {
    double[] likelihoods = {Math.log(0.2), Math.log(0.1), Math.log(0.1)};

    assertThat(scores(0, likelihoods)).containsOnlyKeys("acc", "nll");
    assertThat(scores(0, likelihoods).get("acc")).containsExactly(1);
    assertThat(scores(1, likelihoods).get("acc")).containsExactly(0);
    assertThat(scores(0, likelihoods).get("nll")[0]).isCloseTo(Math.log(2), within(1e-15));
    assertThat(scores(1, likelihoods).get("nll")[0]).isCloseTo(Math.log(4), within(1e-15));
  }

  @Test
  void losesNothingToLargeDifferences() {
    assertThat(scores(0, -5000, -1, -3000).get("nll")[0]).isCloseTo(4999, within(1e-9));
    assertThat(scores(1, -5000, -1, -3000).get("nll")[0]).isZero();
    assertThat(scores(0, Double.NaN, -1, -1).get("nll")).containsExactly(Double.NaN);
    assertThat(scores(0, Double.NaN, -1, -1).get("acc")).containsExactly(Double.NaN);
  }
}
