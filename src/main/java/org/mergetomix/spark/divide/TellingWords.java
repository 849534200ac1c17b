package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * The words that rows of a part have more often than rows of the others, by the log-likelihood
 * ratio of their counts (Dunning 1993).
 */
final class TellingWords {

  private static final int MOST = 12;

  private static final StructType WORDS =
      new StructType()
          .add("part", DataTypes.IntegerType, false)
          .add("word", DataTypes.StringType, false);
  private static final StructType SIZES =
      new StructType()
          .add("part", DataTypes.IntegerType, false)
          .add("rows", DataTypes.LongType, false);

  private TellingWords() {}

  /** A word of a part. */
  private record Telling(String word, double ratio) implements Serializable {}

  /**
   * The most telling words of every part, most telling first.
   *
   * @param texts by part
   * @param sizes how many rows each part has
   */
  static SortedMap<Integer, List<String>> of(
      SparkSession spark, JavaRDD<Tuple2<Integer, String>> texts, SortedMap<Integer, Long> sizes) {
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    List<Row> partSizes =
        sizes.entrySet().stream()
            .map(part -> RowFactory.create(part.getKey(), part.getValue()))
            .toList();
    Dataset<Row> counts =
        spark
            .createDataFrame(
                texts.flatMap(
                    text ->
                        Terms.words(text._2()).stream()
                            .distinct()
                            .map(word -> RowFactory.create(text._1(), word))
                            .iterator()),
                WORDS)
            .groupBy("part", "word")
            .agg(count(lit(1)).as("inside"));
    Dataset<Row> everywhere = counts.groupBy("word").agg(sum("inside").as("everywhere"));
    SortedMap<Integer, List<String>> words = new TreeMap<>();
    List<Telling> none = new ArrayList<>();
    counts
        .where(col("inside").gt(1))
        .join(everywhere, "word")
        .join(broadcast(spark.createDataFrame(partSizes, SIZES)), "part")
        .select("part", "word", "inside", "everywhere", "rows")
        .javaRDD()
        .mapToPair(
            row ->
                new Tuple2<>(
                    row.getInt(0),
                    new Telling(
                        row.getString(1),
                        ratio(row.getLong(2), row.getLong(3), row.getLong(4), all))))
        .filter(word -> word._2().ratio() > 0)
        .aggregateByKey(none, TellingWords::added, TellingWords::together)
        .collect()
        .forEach(part -> words.put(part._1(), part._2().stream().map(Telling::word).toList()));
    return words;
  }

  private static List<Telling> added(List<Telling> most, Telling word) {
    most.add(word);
    most.sort(Comparator.comparingDouble(Telling::ratio).reversed().thenComparing(Telling::word));
    if (most.size() > MOST) {
      most.remove(MOST);
    }
    return most;
  }

  private static List<Telling> together(List<Telling> most, List<Telling> others) {
    others.forEach(word -> added(most, word));
    return most;
  }

  /**
   * How surprising it is that so many of the rows with a word are in a part.
   *
   * @return 0 where they are no more than in the others
   */
  static double ratio(long inside, long everywhere, long rows, long all) {
    long outside = everywhere - inside;
    long others = all - rows;
    if (others == 0 || (double) inside / rows <= (double) outside / others) {
      return 0;
    }
    double share = (double) everywhere / all;
    return 2
        * (term(inside, rows * share)
            + term(rows - inside, rows * (1 - share))
            + term(outside, others * share)
            + term(others - outside, others * (1 - share)));
  }

  private static double term(long seen, double expected) {
    return seen == 0 ? 0 : seen * Math.log(seen / expected);
  }
}
