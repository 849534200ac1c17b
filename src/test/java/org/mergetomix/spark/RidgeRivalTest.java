package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.score.Direction;
import org.mergetomix.score.ScoreUnit;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModelFit;
import org.mergetomix.testing.SparkSessionExtension;
import org.mergetomix.testing.SyntheticScores;

@ExtendWith(SparkSessionExtension.class)
class RidgeRivalTest {

  private static final double BASE = 2.6;

  private final SparkSession spark;

  RidgeRivalTest(SparkSession spark) {
    this.spark = spark;
  }

  @Test
  void predictsQuadraticScoresAsWellAsTheQuadraticSurface() {
    ScoreModel model = model(6, SyntheticScores.Kind.QUADRATIC);

    OptionalDouble explained = RidgeRival.explained(spark, model, 1);

    assertThat(explained).hasValueCloseTo(model.explained(), within(0.005));
    assertThat(RidgeRival.explained(spark, model, 1)).isEqualTo(explained);
  }

  @Test
  void predictsScoresWithAStepWorse() {
    ScoreModel model = model(6, SyntheticScores.Kind.THRESHOLD);

    assertThat(RidgeRival.explained(spark, model, 1).orElseThrow()).isBetween(0.3, 0.98);
  }

  @Test
  void leavesOutWhatItPredicts() {
    ScoreModel model = model(3, SyntheticScores.Kind.QUADRATIC);
    ScoreModel noise = withScores(model, 3, -1, 2, -3, 1, 2, -2);

    assertThat(RidgeRival.explained(spark, noise, 1).orElseThrow()).isLessThan(0.5);
  }

  @Test
  void isNotFittedToMoreThanTwelveDatasets() {
    SyntheticScores scores = new SyntheticScores(13, SyntheticScores.Kind.QUADRATIC, 0, 1);
    Map<Mixture, Double> some = new HashMap<>();
    IntStream.rangeClosed(1, 20)
        .mapToObj(size -> scores.axes().subset(BitSet.valueOf(new long[] {8191 - size})))
        .forEach(mixture -> some.put(mixture, scores.observed(mixture).score()));

    assertThat(RidgeRival.explained(spark, model(some), 1)).isEmpty();
  }

  private static ScoreModel model(int datasets, SyntheticScores.Kind kind) {
    SyntheticScores scores = new SyntheticScores(datasets, kind, 0.0002, 1);
    Map<Mixture, Double> all = new HashMap<>();
    IntStream.range(1, 1 << datasets)
        .mapToObj(mask -> scores.axes().subset(BitSet.valueOf(new long[] {mask})))
        .forEach(mixture -> all.put(mixture, scores.observed(mixture).score()));
    return model(all);
  }

  private static ScoreModel withScores(ScoreModel model, double... scores) {
    Map<Mixture, Double> other = new HashMap<>();
    IntStream.range(0, scores.length)
        .forEach(i -> other.put(model.predictions().get(i).mixture(), scores[i]));
    return model(other);
  }

  private static ScoreModel model(Map<Mixture, Double> scores) {
    return ScoreModelFit.of(scores, new ScoreUnit("points", Direction.LOWER_IS_BETTER), BASE, 1)
        .orElseThrow();
  }
}
