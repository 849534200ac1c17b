package org.mergetomix.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.statistics.attribution.ScoreModel;
import org.mergetomix.statistics.attribution.ScoreModel.Predicted;
import org.mergetomix.surface.Axes;

/**
 * MLlib's ridge regression on the columns of the quadratic surface, as a rival of the surfaces: one
 * penalty for all standardised w, ρ and w_i·w_j. It says how far their predictions owe to what they
 * assume of the scores beforehand.
 *
 * <p>MLlib tells no leave-one-out errors, and a fit takes a Spark job; so mixtures are left out in
 * folds, and one job fits all folds: each has columns of its own, which are 0 for the others.
 */
final class RidgeRival {

  /** What it is called beside other kinds of surface. */
  static final String NAME = "ridge regression";

  /** Of more, pairs make too many columns for a fit of a second. */
  private static final int MOST_DATASETS = 12;

  private static final int FOLDS = 10;

  /** Of squared coefficients, beside half the mean squared error; the best one counts. */
  private static final double[] PENALTIES = {1e-5, 1e-2, 1e-1};

  /** The column of the constant: so large that its coefficient costs next to nothing. */
  private static final double CONSTANT = 10;

  private RidgeRival() {}

  private record Example(int fold, double score, Vector columns) implements Serializable {

    /** Its columns where a fold has its own, of so many folds. */
    Vector columnsOf(int other, int folds) {
      int width = columns.size();
      int[] places = IntStream.range(other * width, (other + 1) * width).toArray();
      return Vectors.sparse(folds * width, places, columns.toArray());
    }

    List<Row> trained(int folds) {
      return IntStream.range(0, folds)
          .filter(other -> other != fold)
          .mapToObj(other -> RowFactory.create(score, columnsOf(other, folds)))
          .toList();
    }
  }

  /**
   * R² of its predictions of mixtures that were left out, a tenth at a time.
   *
   * @param model whose mixtures it is fitted to
   * @param seed of the folds
   * @return nothing of more than 12 datasets
   */
  static OptionalDouble explained(SparkSession spark, ScoreModel model, long seed) {
    Set<String> datasets = new TreeSet<>();
    model.predictions().forEach(one -> datasets.addAll(one.mixture().datasets()));
    if (datasets.size() > MOST_DATASETS) {
      return OptionalDouble.empty();
    }
    int folds = Math.min(FOLDS, model.predictions().size());
    List<Example> examples = examples(model.predictions(), Axes.of(datasets), folds, seed);
    JavaRDD<Row> rows =
        Session.context(spark)
            .parallelize(examples, 1)
            .flatMap(example -> example.trained(folds).iterator());
    Dataset<Row> trained =
        spark.createDataFrame(rows, schema(folds * examples.get(0).columns().size()));
    double total = examples.stream().mapToDouble(one -> one.score() * one.score()).sum();
    return DoubleStream.of(PENALTIES)
        .map(penalty -> squaredMisses(fit(trained, penalty / folds), examples, folds))
        .map(misses -> 1 - misses / total)
        .max();
  }

  /** With the number of columns, which MLlib asks a job of its own for otherwise. */
  private static StructType schema(int columns) {
    return new StructType()
        .add("label", DataTypes.DoubleType)
        .add(new AttributeGroup("features", columns).toStructField());
  }

  private static LinearRegressionModel fit(Dataset<Row> trained, double penalty) {
    return new LinearRegression()
        .setSolver("normal")
        .setElasticNetParam(0)
        .setRegParam(penalty)
        .setFitIntercept(false)
        .setStandardization(false)
        .fit(trained);
  }

  private static double squaredMisses(
      LinearRegressionModel model, List<Example> examples, int folds) {
    return examples.stream()
        .mapToDouble(one -> one.score() - model.predict(one.columnsOf(one.fold(), folds)))
        .map(miss -> miss * miss)
        .sum();
  }

  private static List<Example> examples(List<Predicted> mixtures, Axes axes, int folds, long seed) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < mixtures.size(); i++) {
      places.add(i);
    }
    Collections.shuffle(places, new Random(seed));
    double[] scores =
        StatUtils.normalize(mixtures.stream().mapToDouble(Predicted::measured).toArray());
    double[][] weights =
        mixtures.stream().map(one -> axes.weights(one.mixture())).toArray(double[][]::new);
    List<double[]> columns = columns(weights, axes.size());
    return IntStream.range(0, scores.length)
        .mapToObj(
            i ->
                new Example(
                    places.get(i) % folds,
                    scores[i],
                    Vectors.dense(columns.stream().mapToDouble(column -> column[i]).toArray())))
        .toList();
  }

  /** The constant, w, ρ and products, each for all mixtures. */
  private static List<double[]> columns(double[][] weights, int datasets) {
    List<double[]> columns = new ArrayList<>();
    columns.add(DoubleStream.generate(() -> CONSTANT).limit(weights.length).toArray());
    double[] concentration = new double[weights.length];
    for (int i = 0; i < datasets; i++) {
      double[] own = column(weights, i);
      columns.add(standardised(own));
      for (int row = 0; row < own.length; row++) {
        concentration[row] += own[row] * own[row];
      }
      for (int j = 0; j < i; j++) {
        double[] other = column(weights, j);
        columns.add(
            standardised(
                IntStream.range(0, own.length)
                    .mapToDouble(row -> own[row] * other[row])
                    .toArray()));
      }
    }
    columns.add(standardised(concentration));
    return columns;
  }

  private static double[] column(double[][] weights, int dataset) {
    return Stream.of(weights).mapToDouble(row -> row[dataset]).toArray();
  }

  /** A column that never varies says nothing. */
  private static double[] standardised(double[] column) {
    return StatUtils.variance(column) > 1e-18
        ? StatUtils.normalize(column)
        : new double[column.length];
  }
}
