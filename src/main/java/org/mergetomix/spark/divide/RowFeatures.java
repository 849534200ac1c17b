package org.mergetomix.spark.divide;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.mllib.feature.HashingTF;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.mergetomix.config.Configuration.Divide.Features;
import org.mergetomix.merge.sparsify.CounterRandom;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What every row of a corpus is compared by. A table of {@code id}, {@code label}, {@code draw} (a
 * number below 1, by its text), {@code characters}, {@code counts} (of its terms) and {@code
 * shingles}, kept by the executors, in memory or on their disks, until it is closed.
 */
final class RowFeatures implements AutoCloseable {

  private static final int SHINGLES = 1 << 24;
  private static final int TOLD = 1000;

  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.LongType, false)
          .add("what", DataTypes.StringType, true)
          .add("where", DataTypes.StringType, true)
          .add("remedy", DataTypes.StringType, true)
          .add("label", DataTypes.StringType, true)
          .add("draw", DataTypes.DoubleType, true)
          .add("characters", DataTypes.LongType, true)
          .add("counts", SQLDataTypes.VectorType(), true)
          .add("shingles", SQLDataTypes.VectorType(), true);

  private final Dataset<Row> all;
  private final long kept;
  private final long empty;

  private RowFeatures(Dataset<Row> all, long kept, long empty) {
    this.all = all;
    this.kept = kept;
    this.empty = empty;
  }

  /**
   * Reads a corpus.
   *
   * @throws UserException if rows are refused, with the first thousand of them
   */
  static RowFeatures read(SparkSession spark, Corpus corpus, Features kind, long seed) {
    JavaRDD<CorpusRow> rows = corpus.rows();
    Dataset<Row> all =
        spark
            .createDataFrame(
                rows.mapPartitions(
                    each -> {
                      HashingTF terms = Weighting.counts();
                      HashingTF shingles = new HashingTF(SHINGLES).setBinary(true);
                      return StreamSupport.stream(
                              Spliterators.spliteratorUnknownSize(each, 0), false)
                          .map(row -> row(row, terms, shingles, kind, seed))
                          .iterator();
                    }),
                SCHEMA)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Row counted =
          all.agg(
                  coalesce(sum(col("counts").isNotNull().cast("long")), lit(0L)),
                  coalesce(sum(col("what").isNotNull().cast("long")), lit(0L)),
                  count(lit(1)))
              .first();
      if (counted.getLong(1) > 0) {
        throw refused(all, corpus);
      }
      return new RowFeatures(all, counted.getLong(0), counted.getLong(2) - counted.getLong(0));
    } catch (RuntimeException failure) {
      all.unpersist();
      throw failure;
    }
  }

  private static UserException refused(Dataset<Row> all, Corpus corpus) {
    List<CorpusRow.Refused> refused =
        all
            .where(col("what").isNotNull())
            .orderBy("id")
            .limit(TOLD)
            .select("id", "what", "where", "remedy")
            .collectAsList()
            .stream()
            .map(
                row ->
                    new CorpusRow.Refused(
                        row.getLong(0),
                        List.of(new Problem(row.getString(1), row.getString(2), row.getString(3)))))
            .toList();
    return UserException.input(corpus.problems(refused));
  }

  private static Row row(
      CorpusRow row, HashingTF terms, HashingTF shingles, Features kind, long seed) {
    if (row instanceof CorpusRow.Kept kept) {
      return RowFactory.create(
          kept.id(),
          null,
          null,
          null,
          kept.label(),
          CounterRandom.of(seed, kept.text(), "divide").uniform(0),
          (long) kept.text().codePointCount(0, kept.text().length()),
          terms.transform(Terms.features(kept.text(), kind)).asML(),
          shingles.transform(Terms.shingles(kept.text(), kind)).asML());
    }
    if (row instanceof CorpusRow.Refused refused) {
      Problem first = refused.problems().get(0);
      return RowFactory.create(
          row.id(), first.what(), first.where(), first.remedy(), null, null, null, null, null);
    }
    return RowFactory.create(row.id(), null, null, null, null, null, null, null, null);
  }

  /** The rows that are to be divided. */
  Dataset<Row> rows() {
    return all.where(col("counts").isNotNull()).drop("what", "where", "remedy");
  }

  /** How many there are. */
  long kept() {
    return kept;
  }

  /** How many rows had nothing in them. */
  long empty() {
    return empty;
  }

  @Override
  public void close() {
    all.unpersist();
  }
}
