package org.mergetomix.rank;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.statistics.RankedMixtures;
import org.mergetomix.table.RankedTable;

/**
 * The ranked mixtures that a real fine-tuning can tell something about: those of two or more
 * datasets, since a single dataset's surrogate is its expert, that saw every example, since the
 * score of one that left a race is a guess. Looked up in Spark; never held here.
 */
public final class ComparableMixtures implements RankedMixtures, AutoCloseable {

  private static final StructType SCHEMA =
      new StructType()
          .add("mixture", DataTypes.StringType, false)
          .add("place", DataTypes.LongType, false);

  private final Dataset<Row> places;
  private final long size;

  /** Those of a ranked table, which are kept in Spark until this is closed. */
  public ComparableMixtures(SparkSession spark, RankedTable ranked) {
    places =
        spark
            .createDataFrame(
                ranked
                    .dataset()
                    .where(col("rank").isNotNull().and(col("size").geq(2)).and(not(col("dropped"))))
                    .orderBy("rank")
                    .select("mixture")
                    .javaRDD()
                    .zipWithIndex()
                    .map(place -> RowFactory.create(place._1().getString(0), place._2())),
                SCHEMA)
            .persist();
    size = places.count();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Mixture at(long place) {
    return Mixture.parse(places.where(col("place").equalTo(place)).first().getString(0));
  }

  @Override
  public boolean contains(Mixture mixture) {
    List<Row> found = places.where(col("mixture").equalTo(mixture.id())).takeAsList(1);
    return !found.isEmpty();
  }

  @Override
  public void close() {
    places.unpersist();
  }
}
