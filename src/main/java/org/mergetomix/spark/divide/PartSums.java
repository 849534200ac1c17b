package org.mergetomix.spark.divide;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.mllib.linalg.Vector;

/** What the rows of a part come to together; the same in whatever order they are added. */
final class PartSums implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int NEAREST = 5;
  private static final double MICRO = 1e6;

  private long rows;
  private long nearDuplicates;
  private long characters;
  private long microDistance;
  private long greatest;
  private final List<Near> nearest = new ArrayList<>();

  /**
   * A row of a corpus and the part it belongs to.
   *
   * @param standing whether it is nearly the same as an earlier one
   * @param features as {@link Weighting} makes them
   */
  record Member(long id, int part, Standing standing, long characters, Vector features)
      implements Serializable {}

  /** Whether a row is the first of its kind. */
  enum Standing {
    FIRST,
    NEAR_DUPLICATE
  }

  /**
   * A row near the centre.
   *
   * @param distance in millionths
   */
  record Near(long distance, long id) implements Serializable {}

  /**
   * The means of the features of every part, or of all rows that have one.
   *
   * @param rows features by part
   */
  static SortedMap<Integer, double[]> means(JavaPairRDD<Integer, Vector> rows) {
    SortedMap<Integer, double[]> means = new TreeMap<>();
    rows.aggregateByKey(new double[Weighting.DIMENSIONS + 1], PartSums::added, PartSums::together)
        .collect()
        .forEach(part -> means.put(part._1(), mean(part._2())));
    return means;
  }

  /** The last element is how many there are. */
  private static double[] added(double[] sum, Vector row) {
    row.foreachActive(
        (index, value) -> {
          sum[(int) index] += (double) value;
          return scala.runtime.BoxedUnit.UNIT;
        });
    sum[Weighting.DIMENSIONS]++;
    return sum;
  }

  private static double[] together(double[] sum, double[] other) {
    for (int d = 0; d < sum.length; d++) {
      sum[d] += other[d];
    }
    return sum;
  }

  private static double[] mean(double[] sum) {
    double[] mean = new double[Weighting.DIMENSIONS];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = sum[d] / sum[Weighting.DIMENSIONS];
    }
    return mean;
  }

  /** The sums of every part. */
  static SortedMap<Integer, PartSums> of(
      JavaPairRDD<Integer, Member> members, Broadcast<SortedMap<Integer, double[]>> means) {
    SortedMap<Integer, PartSums> sums = new TreeMap<>();
    members
        .aggregateByKey(
            new PartSums(),
            (sum, member) -> sum.add(member, means.value().get(member.part())),
            PartSums::add)
        .collect()
        .forEach(part -> sums.put(part._1(), part._2()));
    return sums;
  }

  private PartSums add(Member member, double[] mean) {
    long distance = Math.round(MICRO * Math.sqrt(squaredDistance(member.features(), mean)));
    rows++;
    characters += member.characters();
    microDistance += distance;
    greatest = Math.max(greatest, distance);
    if (member.standing() == Standing.FIRST) {
      add(new Near(distance, member.id()));
    } else {
      nearDuplicates++;
    }
    return this;
  }

  private PartSums add(PartSums other) {
    rows += other.rows;
    nearDuplicates += other.nearDuplicates;
    characters += other.characters;
    microDistance += other.microDistance;
    greatest = Math.max(greatest, other.greatest);
    other.nearest.forEach(this::add);
    return this;
  }

  private void add(Near row) {
    nearest.add(row);
    nearest.sort(Comparator.comparingLong(Near::distance).thenComparingLong(Near::id));
    if (nearest.size() > NEAREST) {
      nearest.remove(NEAREST);
    }
  }

  private static double squaredDistance(Vector row, double[] mean) {
    double[] sum = new double[1];
    for (double value : mean) {
      sum[0] += value * value;
    }
    row.foreachActive(
        (index, value) -> {
          double there = mean[(int) index];
          double difference = (double) value - there;
          sum[0] += difference * difference - there * there;
          return scala.runtime.BoxedUnit.UNIT;
        });
    return Math.max(0, sum[0]);
  }

  long rows() {
    return rows;
  }

  long nearDuplicates() {
    return nearDuplicates;
  }

  long characters() {
    return characters;
  }

  double meanDistance() {
    return microDistance / MICRO / rows;
  }

  double greatestDistance() {
    return greatest / MICRO;
  }

  /** The ids of the rows that lie nearest to the mean, nearest first. */
  List<Long> nearest() {
    return nearest.stream().map(Near::id).toList();
  }
}
