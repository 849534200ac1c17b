package org.mergetomix.spark.divide;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.ml.feature.MinHashLSH;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Rows that are nearly the same: those that have a share of their min-hashes in common (Broder
 * 1997), which estimates the Jaccard similarity of their shingles, and those that such rows
 * connect.
 *
 * <p>Hashes are MLlib's. Its own join would compare all rows that share one of them, which are too
 * many where a common word has the least hash. So rows are compared that share all hashes of a band
 * (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4). Of eight bands, two rows that
 * differ in at most six hashes have at least two in common, so none of them is missed.
 */
final class NearDuplicates {

  /** How many hashes a row has. */
  static final int HASHES = 32;

  private static final int BAND = 4;

  /** With so many different rows of a band each is compared; beyond that a bucket has no limit. */
  private static final int MOST_LEADERS = 200;

  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("leader", DataTypes.LongType, false);

  private NearDuplicates() {}

  /** A row with its hashes, a character each half of one. */
  private record Signed(long id, String hashes) implements Serializable {}

  /**
   * The rows that stay with an earlier one: {@code id} and {@code leader}, the first of their
   * group.
   *
   * @param rows with {@code id} and {@code shingles}
   * @param share of hashes in common, 0.8 or more
   */
  static Dataset<Row> followers(SparkSession spark, Dataset<Row> rows, double share, long seed) {
    int needed = (int) Math.ceil(share * HASHES);
    Dataset<Row> hashed =
        new MinHashLSH()
            .setNumHashTables(HASHES)
            .setSeed(seed)
            .setInputCol("shingles")
            .setOutputCol("hashes")
            .fit(rows)
            .transform(rows.select("id", "shingles"))
            .select("id", "hashes");
    JavaPairRDD<String, Long> signed =
        hashed
            .javaRDD()
            .mapToPair(row -> new Tuple2<>(signature(row.getList(1)), row.getLong(0)))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    JavaPairRDD<String, Long> firsts =
        signed.reduceByKey(Math::min).persist(StorageLevel.MEMORY_AND_DISK_SER());
    JavaPairRDD<Long, Long> edges =
        firsts
            .flatMapToPair(first -> bands(new Signed(first._2(), first._1())).iterator())
            .groupByKey()
            .flatMapToPair(bucket -> edges(bucket._2(), needed).iterator())
            .distinct()
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    JavaPairRDD<Long, Long> leaders = connected(edges);
    JavaPairRDD<Long, Long> groups =
        signed
            .join(firsts)
            .mapToPair(row -> new Tuple2<>(row._2()._2(), row._2()._1()))
            .leftOuterJoin(leaders)
            .mapToPair(row -> new Tuple2<>(row._2()._1(), row._2()._2().orElse(row._1())))
            .filter(row -> !row._1().equals(row._2()));
    Dataset<Row> followers =
        spark
            .createDataFrame(groups.map(row -> RowFactory.create(row._1(), row._2())), SCHEMA)
            .persist(StorageLevel.MEMORY_AND_DISK());
    followers.count(); // From here on the others are not needed.
    List.of(signed, firsts, edges, leaders).forEach(JavaPairRDD::unpersist);
    return followers;
  }

  private static String signature(List<Vector> hashes) {
    StringBuilder signature = new StringBuilder(2 * HASHES);
    for (Vector hash : hashes) {
      int value = (int) hash.apply(0);
      signature.append((char) (value >>> Character.SIZE)).append((char) value);
    }
    return signature.toString();
  }

  private static Stream<Tuple2<String, Signed>> bands(Signed row) {
    int width = 2 * BAND;
    return IntStream.range(0, HASHES / BAND)
        .mapToObj(
            band ->
                new Tuple2<>(
                    (char) band + row.hashes().substring(band * width, (band + 1) * width), row));
  }

  /** From each row of a bucket to the first that it is like; those that are like none lead. */
  private static List<Tuple2<Long, Long>> edges(Iterable<Signed> bucket, int needed) {
    List<Signed> rows = new ArrayList<>();
    bucket.forEach(rows::add);
    rows.sort(Comparator.comparingLong(Signed::id));
    List<Signed> leaders = new ArrayList<>();
    List<Tuple2<Long, Long>> edges = new ArrayList<>();
    for (Signed row : rows) {
      leaders.stream()
          .filter(leader -> common(leader.hashes(), row.hashes()) >= needed)
          .findFirst()
          .ifPresentOrElse(
              leader -> edges.add(new Tuple2<>(row.id(), leader.id())),
              () -> {
                if (leaders.size() < MOST_LEADERS) {
                  leaders.add(row);
                }
              });
    }
    return edges;
  }

  private static int common(String one, String other) {
    int common = 0;
    for (int i = 0; i < one.length(); i += 2) {
      if (one.charAt(i) == other.charAt(i) && one.charAt(i + 1) == other.charAt(i + 1)) {
        common++;
      }
    }
    return common;
  }

  /** The first row that each row of an edge is connected with. */
  private static JavaPairRDD<Long, Long> connected(JavaPairRDD<Long, Long> edges) {
    int partitions = edges.getNumPartitions();
    JavaPairRDD<Long, Long> both =
        edges
            .union(edges.mapToPair(Tuple2::swap))
            .partitionBy(new HashPartitioner(partitions))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    JavaPairRDD<Long, Long> leaders =
        both.mapToPair(edge -> new Tuple2<>(edge._1(), Math.min(edge._1(), edge._2())))
            .reduceByKey(Math::min, partitions)
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    while (true) {
      JavaPairRDD<Long, Long> before = leaders;
      leaders =
          both.join(before, partitions)
              .mapToPair(edge -> edge._2())
              .union(before)
              .reduceByKey(Math::min, partitions)
              .persist(StorageLevel.MEMORY_AND_DISK_SER());
      boolean same =
          leaders
              .join(before, partitions)
              .filter(row -> !row._2()._1().equals(row._2()._2()))
              .isEmpty();
      before.unpersist();
      if (same) {
        both.unpersist();
        return leaders;
      }
    }
  }
}
