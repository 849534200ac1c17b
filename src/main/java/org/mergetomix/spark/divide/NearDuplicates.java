package org.mergetomix.spark.divide;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
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
 * differ in at most six hashes have at least two in common. Of the rows of a band, {@link #MOST}
 * that are like no earlier one and as many that are like one are kept to compare later ones with:
 * only where more share a band can two be missed.
 */
final class NearDuplicates {

  /** How many hashes a row has. */
  static final int HASHES = 32;

  private static final int BAND = 4;

  /** With so many rows of a band each is compared of either sort; a bucket may have any number. */
  static final int MOST = 200;

  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("leader", DataTypes.LongType, false);

  private NearDuplicates() {}

  /** A row with its hashes, a character each half of one. */
  private record Signed(long id, String hashes) implements Serializable {}

  /** A row in the bucket of those whose hashes of a band are the same; the bucket is its text. */
  record Place(String bucket, long id) implements Serializable {}

  /** Buckets one after the other, the rows of each in their order. */
  private static final class Order implements Comparator<Place>, Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Place one, Place other) {
      int buckets = one.bucket().compareTo(other.bucket());
      return buckets == 0 ? Long.compare(one.id(), other.id()) : buckets;
    }
  }

  /** All rows of a bucket come together. */
  private static final class ByBucket extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final HashPartitioner partitioner;

    private ByBucket(int partitions) {
      partitioner = new HashPartitioner(partitions);
    }

    @Override
    public int numPartitions() {
      return partitioner.numPartitions();
    }

    @Override
    public int getPartition(Object place) {
      return partitioner.getPartition(((Place) place).bucket());
    }
  }

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
            .flatMapToPair(first -> bands(first._2(), first._1()).iterator())
            .repartitionAndSortWithinPartitions(
                new ByBucket(firsts.getNumPartitions()), new Order())
            .mapPartitionsToPair(placed -> edges(placed, needed))
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

  private static Stream<Tuple2<Place, String>> bands(long id, String hashes) {
    int width = 2 * BAND;
    return IntStream.range(0, HASHES / BAND)
        .mapToObj(
            band ->
                new Tuple2<>(
                    new Place((char) band + hashes.substring(band * width, (band + 1) * width), id),
                    hashes));
  }

  /** Edges of all buckets of a partition, one bucket after the other. */
  static Iterator<Tuple2<Long, Long>> edges(Iterator<Tuple2<Place, String>> rows, int needed) {
    Bucket[] current = {new Bucket("", needed)};
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
        .flatMap(
            row -> {
              if (!current[0].name.equals(row._1().bucket())) {
                current[0] = new Bucket(row._1().bucket(), needed);
              }
              return current[0].add(new Signed(row._1().id(), row._2())).stream();
            })
        .iterator();
  }

  /** What later rows of a bucket are compared with. */
  private static final class Bucket {

    private final String name;
    private final int needed;
    private final List<Signed> leaders = new ArrayList<>();
    private final List<Signed> others = new ArrayList<>();
    private final Map<Long, Long> groups = new HashMap<>();

    Bucket(String name, int needed) {
      this.name = name;
      this.needed = needed;
    }

    /** Adds a row, of a greater id than those before: edges to the groups that it is like. */
    List<Tuple2<Long, Long>> add(Signed row) {
      SortedSet<Long> like = new TreeSet<>();
      Stream.concat(leaders.stream(), others.stream())
          .filter(kept -> common(kept.hashes(), row.hashes()) >= needed)
          .forEach(kept -> like.add(groups.get(kept.id())));
      List<Signed> same = like.isEmpty() ? leaders : others;
      long group = like.isEmpty() ? row.id() : like.first();
      if (same.size() < MOST) {
        same.add(row);
        groups.put(row.id(), group);
      }
      if (like.size() > 1) {
        groups.replaceAll((id, known) -> like.contains(known) ? group : known);
      }
      return like.stream().map(other -> new Tuple2<>(row.id(), other)).toList();
    }
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
