package org.mergetomix.spark.divide;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.clustering.KMeans;
import org.apache.spark.mllib.clustering.KMeansModel;
import org.apache.spark.mllib.feature.Normalizer;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.storage.StorageLevel;

/**
 * Parts of like rows, by MLlib's k-means. Rows are compared by the cosine of their features, as
 * texts are (Dhillon and Modha 2001): centres have length 1, or else one of many different rows,
 * which is short, would be near to everything. Where k-means begins decides much of where it ends,
 * most of all for short texts, two of which have few words in common. So a sample is first divided
 * into many more clusters than are asked for, and these are put together again as {@link Ward} does
 * it; from their centres k-means goes over all rows.
 */
final class Clustering {

  private static final long SAMPLE = 20_000;
  private static final int SEEDS_PER_PART = 4;
  private static final int MOST_SEEDS = 256;
  private static final int SAMPLE_ITERATIONS = 8;
  private static final int ITERATIONS = 12;
  private static final double EPSILON = 1e-4;

  private Clustering() {}

  /**
   * A row.
   *
   * @param draw a number below 1 that is drawn for it, whatever its id is
   */
  record Drawn(long id, double draw, Vector features) implements Serializable, Comparable<Drawn> {

    @Override
    public int compareTo(Drawn other) {
      int order = Double.compare(draw, other.draw);
      return order == 0 ? Long.compare(id, other.id) : order;
    }
  }

  /**
   * Centres of the parts: as many as are asked for, or fewer where the rows are no more.
   *
   * @param rows kept by the executors
   * @param count how many rows there are
   */
  static KMeansModel fit(JavaRDD<Drawn> rows, long count, int parts) {
    JavaRDD<Vector> all = rows.map(Drawn::features).persist(StorageLevel.MEMORY_AND_DISK());
    double share = Math.min(1, (double) SAMPLE / count);
    JavaRDD<Drawn> drawn = rows.filter(row -> row.draw() < share);
    JavaRDD<Vector> sample = drawn.map(Drawn::features).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      int seeds = Math.max(2 * parts, Math.min(SEEDS_PER_PART * parts, MOST_SEEDS));
      List<Vector> begins =
          drawn.takeOrdered(seeds).stream().map(Drawn::features).distinct().toList();
      List<Vector> many = run(sample, begins, SAMPLE_ITERATIONS);
      List<Vector> few = together(many, sample, parts);
      return model(few.size() < parts ? few : run(all, few, ITERATIONS));
    } finally {
      sample.unpersist();
      all.unpersist();
    }
  }

  /** A step of MLlib's at a time: it leaves centres where means are, of whatever length. */
  private static List<Vector> run(JavaRDD<Vector> rows, List<Vector> begins, int iterations) {
    List<Vector> centres = begins;
    for (int i = 0; i < iterations; i++) {
      KMeansModel before = model(centres);
      centres =
          List.of(
              new KMeans()
                  .setK(centres.size())
                  .setInitialModel(before)
                  .setMaxIterations(1)
                  .run(rows.rdd())
                  .clusterCenters());
      if (isSame(before, model(centres))) {
        break;
      }
    }
    return centres;
  }

  private static boolean isSame(KMeansModel one, KMeansModel other) {
    for (int i = 0; i < one.k(); i++) {
      if (Vectors.sqdist(one.clusterCenters()[i], other.clusterCenters()[i]) > EPSILON) {
        return false;
      }
    }
    return true;
  }

  /** Centres of length 1: the nearest has the greatest cosine. */
  private static KMeansModel model(List<Vector> centres) {
    Normalizer length = new Normalizer();
    return new KMeansModel(centres.stream().map(length::transform).toList());
  }

  private static List<Vector> together(List<Vector> many, JavaRDD<Vector> sample, int parts) {
    Map<Integer, Long> sizes = model(many).predict(sample).countByValue();
    List<double[]> centres = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < many.size(); i++) {
      if (sizes.containsKey(i)) {
        centres.add(many.get(i).toArray());
        counts.add(sizes.get(i));
      }
    }
    return Ward.centres(centres, counts, parts).stream().map(Vectors::dense).toList();
  }
}
