package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.mllib.clustering.KMeansModel;
import org.apache.spark.mllib.feature.IDF;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.mergetomix.config.Configuration.Divide;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.DatasetId;
import org.mergetomix.problem.Closing;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import org.mergetomix.spark.divide.Clustering.Drawn;
import org.mergetomix.spark.divide.PartSums.Member;
import org.mergetomix.spark.divide.PartSums.Standing;
import org.mergetomix.table.PartRow;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Which part each row of a corpus belongs to. Executors keep it until it is closed. */
public final class Division implements AutoCloseable {

  private static final int MOST_LABELS = 256;
  private static final int SHOWN = 300;
  private static final Seq<String> ID = CollectionConverters.asScala(List.of("id")).toSeq();

  private static final StructType PARTS =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("part", DataTypes.IntegerType, false);
  private static final StructType NAMES =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("part", DataTypes.StringType, false);

  private final SparkSession spark;
  private final RowFeatures read;
  private final JavaRDD<Member> members;
  private final Broadcast<Weighting> weighting;
  private final SortedMap<Integer, Name> names;
  private final List<AutoCloseable> owned;

  private Division(
      SparkSession spark,
      List<AutoCloseable> owned,
      RowFeatures read,
      JavaRDD<Member> members,
      Broadcast<Weighting> weighting,
      SortedMap<Integer, Name> names) {
    this.spark = spark;
    this.owned = List.copyOf(owned);
    this.read = read;
    this.members = members;
    this.weighting = weighting;
    this.names = names;
  }

  /**
   * What a part is called.
   *
   * @param label the value that its rows have in common; empty where there is none
   */
  private record Name(String id, String label, long rows) {}

  /**
   * Reads and divides a corpus.
   *
   * @param data where it lies, for messages
   * @throws UserException if rows do not fit, or are too few or too many for the parts
   */
  public static Division of(
      SparkSession spark, Corpus corpus, Location data, Divide settings, long seed) {
    List<AutoCloseable> owned = new ArrayList<>();
    try {
      RowFeatures read = RowFeatures.read(spark, corpus, settings.features(), seed);
      owned.add(read);
      return of(spark, owned, read, data, settings, seed);
    } catch (RuntimeException failure) {
      Closing.after(failure, () -> Closing.all(owned));
      throw failure;
    }
  }

  /**
   * @param owned gets what the division needs as long as it is open
   */
  private static Division of(
      SparkSession spark,
      List<AutoCloseable> owned,
      RowFeatures read,
      Location data,
      Divide settings,
      long seed) {
    if (read.kept() == 0) {
      throw UserException.input("The data holds no example", data.text(), "Give it rows");
    }
    List<String> labels =
        settings.by().isEmpty() ? List.of() : labels(read.rows(), data, settings.by());
    List<AutoCloseable> meanwhile = new ArrayList<>();
    try {
      Dataset<Row> followers =
          NearDuplicates.followers(spark, read.rows(), settings.nearDuplicates(), seed);
      meanwhile.add(followers::unpersist);
      JavaRDD<Drawn> counted =
          read.rows()
              .join(followers.select("id"), ID, "left_anti")
              .select("id", "draw", "counts")
              .javaRDD()
              .map(row -> new Drawn(row.getLong(0), row.getDouble(1), counts(row, 2)))
              .persist(StorageLevel.MEMORY_AND_DISK());
      meanwhile.add(counted::unpersist);
      Broadcast<Weighting> weighting =
          context(spark).broadcast(new Weighting(new IDF().fit(counted.map(Drawn::features))));
      owned.add(weighting::destroy);
      JavaRDD<Drawn> firsts =
          counted
              .map(
                  row ->
                      new Drawn(row.id(), row.draw(), weighting.value().features(row.features())))
              .persist(StorageLevel.MEMORY_AND_DISK());
      meanwhile.add(firsts::unpersist);
      Dataset<Row> later;
      Choice choice;
      if (labels.isEmpty()) {
        Broadcast<KMeansModel> model =
            context(spark).broadcast(clustered(firsts, data, settings.parts()));
        owned.add(model::destroy);
        choice = (label, features) -> model.value().predict(features);
        later = withParts(spark, followers, firsts, model);
      } else {
        choice = (label, features) -> Collections.binarySearch(labels, label);
        later = followers.select(col("id"), lit(null).cast("int").as("part"));
      }
      JavaRDD<Member> members =
          members(
                  read.rows().join(later.withColumn("follows", lit(true)), ID, "left"),
                  weighting,
                  choice)
              .persist(StorageLevel.MEMORY_AND_DISK());
      owned.add(members::unpersist);
      return new Division(
          spark, owned, read, members, weighting, names(members, data, settings.parts(), labels));
    } finally {
      Closing.all(meanwhile);
    }
  }

  private static JavaSparkContext context(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private static Vector counts(Row row, int column) {
    return Vectors.fromML(row.<org.apache.spark.ml.linalg.Vector>getAs(column));
  }

  /** The values of the column that the corpus is divided by, ascending. */
  private static List<String> labels(Dataset<Row> rows, Location data, String by) {
    List<String> labels =
        rows
            .select("label")
            .distinct()
            .limit(MOST_LABELS + 1)
            .as(Encoders.STRING())
            .collectAsList()
            .stream()
            .sorted()
            .toList();
    if (labels.size() < 2 || labels.size() > MOST_LABELS) {
      throw UserException.input(
          labels.size() < 2
              ? "All rows have the same %s".formatted(by)
              : "The column %s has more than %s values".formatted(by, MOST_LABELS),
          data.text(),
          "Divide by another column, or leave divide.by out");
    }
    Map<String, String> ids = new HashMap<>();
    List<Problem> problems = new ArrayList<>();
    for (String label : labels) {
      String other = ids.putIfAbsent(id(label), label);
      if (other != null || !DatasetId.isValid(id(label))) {
        problems.add(
            new Problem(
                other == null
                    ? "The value \"%s\" of %s makes no dataset id".formatted(label, by)
                    : "The values \"%s\" and \"%s\" of %s make the same dataset id"
                        .formatted(other, label, by),
                data.text(),
                "An id is made of " + DatasetId.RULE));
      }
    }
    UserException.inputIfAny(problems);
    return labels;
  }

  /** A value as a dataset's id. */
  private static String id(String label) {
    return label.strip().replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^[._-]+", "");
  }

  private static KMeansModel clustered(JavaRDD<Drawn> firsts, Location data, int parts) {
    long count = firsts.count();
    KMeansModel model = Clustering.fit(firsts, count, (int) Math.min(parts, count));
    requireParts(model.k(), count, data, parts);
    return model;
  }

  private static void requireParts(int found, long distinct, Location data, int parts) {
    if (found < parts) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "%,d rows that are not nearly the same fall into %s parts, and %s are asked for",
              distinct,
              found,
              parts),
          data.text(),
          "Lower divide.parts");
    }
  }

  /** The rows that stay with an earlier one, and the part of that. */
  private static Dataset<Row> withParts(
      SparkSession spark,
      Dataset<Row> followers,
      JavaRDD<Drawn> firsts,
      Broadcast<KMeansModel> model) {
    Dataset<Row> parts =
        spark.createDataFrame(
            firsts.map(row -> RowFactory.create(row.id(), model.value().predict(row.features()))),
            PARTS);
    return followers
        .join(parts.withColumnRenamed("id", "leader"), "leader")
        .select(col("id"), col("part"));
  }

  /** To which part a row belongs that follows no other. */
  @FunctionalInterface
  private interface Choice extends Serializable {
    int part(String label, Vector features);
  }

  private static JavaRDD<Member> members(
      Dataset<Row> rows, Broadcast<Weighting> weighting, Choice choice) {
    return rows.select("id", "label", "characters", "counts", "part", "follows")
        .javaRDD()
        .map(
            row -> {
              Vector features = weighting.value().features(counts(row, 3));
              return new Member(
                  row.getLong(0),
                  row.isNullAt(4) ? choice.part(row.getString(1), features) : row.getInt(4),
                  row.isNullAt(5) ? Standing.FIRST : Standing.NEAR_DUPLICATE,
                  row.getLong(2),
                  features);
            });
  }

  /** The parts with their ids: the values of a column, or numbers, the largest part first. */
  private static SortedMap<Integer, Name> names(
      JavaRDD<Member> members, Location data, int parts, List<String> labels) {
    Map<Integer, Long> sizes = members.map(Member::part).countByValue();
    SortedMap<Integer, Name> names = new TreeMap<>();
    if (!labels.isEmpty()) {
      for (int i = 0; i < labels.size(); i++) {
        names.put(i, new Name(id(labels.get(i)), labels.get(i), sizes.get(i)));
      }
      return names;
    }
    requireParts(sizes.size(), members.filter(Division::isFirst).count(), data, parts);
    List<Integer> largestFirst =
        sizes.keySet().stream()
            .sorted(
                Comparator.comparing((Integer part) -> -sizes.get(part))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    int digits = Integer.toString(parts).length();
    for (int i = 0; i < parts; i++) {
      String id = String.format(Locale.ROOT, "p%0" + digits + "d", i + 1);
      names.put(largestFirst.get(i), new Name(id, "", sizes.get(largestFirst.get(i))));
    }
    return names;
  }

  private static boolean isFirst(Member member) {
    return member.standing() == Standing.FIRST;
  }

  /** How many rows are divided. */
  public long rows() {
    return read.kept();
  }

  /** How many rows had nothing in them, and are left out. */
  public long empty() {
    return read.empty();
  }

  /** How the features of further rows, as those of a task, are weighted. */
  Broadcast<Weighting> weighting() {
    return weighting;
  }

  /** The ids of rows and their parts: {@code id} and {@code part}. */
  public Dataset<Row> parts() {
    Map<Integer, String> ids = new HashMap<>();
    names.forEach((part, name) -> ids.put(part, name.id()));
    return spark.createDataFrame(
        members.map(row -> RowFactory.create(row.id(), ids.get(row.part()))), NAMES);
  }

  /**
   * What is in each part, in the order of their ids.
   *
   * @param corpus read again for its texts
   * @param targets mean features of tasks, by their ids
   */
  public List<PartRow> describe(Corpus corpus, SortedMap<String, double[]> targets) {
    SortedMap<Integer, double[]> means =
        PartSums.means(members.mapToPair(row -> new Tuple2<>(row.part(), row.features())));
    Broadcast<SortedMap<Integer, double[]>> told = context(spark).broadcast(means);
    SortedMap<Integer, PartSums> sums =
        PartSums.of(members.mapToPair(row -> new Tuple2<>(row.part(), row)), told);
    told.destroy();
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    names.forEach((part, name) -> sizes.put(part, name.rows()));
    JavaPairRDD<Long, String> texts =
        corpus
            .rows()
            .filter(CorpusRow.Kept.class::isInstance)
            .mapToPair(row -> new Tuple2<>(row.id(), ((CorpusRow.Kept) row).text()));
    SortedMap<Integer, List<String>> words =
        TellingWords.of(
            spark,
            texts
                .join(members.mapToPair(row -> new Tuple2<>(row.id(), row.part())))
                .map(row -> new Tuple2<>(row._2()._2(), row._2()._1())),
            sizes);
    Set<Long> wanted =
        sums.values().stream().flatMap(sum -> sum.nearest().stream()).collect(Collectors.toSet());
    Map<Long, String> nearest =
        texts.filter(row -> wanted.contains(row._1())).mapValues(Division::shown).collectAsMap();
    return names.entrySet().stream()
        .map(
            entry -> {
              int part = entry.getKey();
              PartSums sum = sums.get(part);
              SortedMap<String, Double> cosines = new TreeMap<>();
              names.forEach(
                  (other, name) ->
                      cosines.put(name.id(), cosine(means.get(part), means.get(other))));
              SortedMap<String, Double> similarity = new TreeMap<>();
              targets.forEach((task, mean) -> similarity.put(task, cosine(means.get(part), mean)));
              return new PartRow(
                  entry.getValue().id(),
                  entry.getValue().label(),
                  sum.rows(),
                  sum.nearDuplicates(),
                  (double) sum.rows() / rows(),
                  sum.characters(),
                  words.getOrDefault(part, List.of()),
                  sum.nearest().stream().map(nearest::get).toList(),
                  sum.meanDistance(),
                  sum.greatestDistance(),
                  similarity,
                  Double.NaN,
                  cosines);
            })
        .sorted(Comparator.comparing(PartRow::part))
        .toList();
  }

  /** The beginning of a text, in one line. */
  private static String shown(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    int length = line.codePointCount(0, line.length());
    return length <= SHOWN ? line : line.substring(0, line.offsetByCodePoints(0, SHOWN)) + "…";
  }

  /** 0 where one has no length: it has no direction to compare. */
  private static double cosine(double[] one, double[] other) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int d = 0; d < one.length; d++) {
      product += one[d] * other[d];
      first += one[d] * one[d];
      second += other[d] * other[d];
    }
    return first == 0 || second == 0 ? 0 : product / Math.sqrt(first * second);
  }

  @Override
  public void close() {
    Closing.all(owned);
  }
}
