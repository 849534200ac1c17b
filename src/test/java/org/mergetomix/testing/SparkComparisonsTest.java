package org.mergetomix.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.holdenkarau.spark.testing.JavaRDDComparisons;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** spark-testing-base works with this Spark, from Java and JUnit 5. */
@ExtendWith(SparkSessionExtension.class)
class SparkComparisonsTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("mixture", DataTypes.StringType, false)
          .add("score", DataTypes.DoubleType, false);

  private static final Row SPANISH = RowFactory.create("es", 2.5);
  private static final Row FRENCH = RowFactory.create("fr", 2.75);

  @Test
  void sharesOneSessionOnTheLoopback(SparkSession session, JavaSparkContext context) {
    assertThat(session.sparkContext()).isSameAs(context.sc());
    assertThat(context.getConf().get("spark.driver.host")).isEqualTo("localhost");
    assertThat(session.sql("SELECT current_timezone()").first().getString(0)).isEqualTo("UTC");
  }

  @Test
  void comparesRddsInAnyOrder(JavaSparkContext context) {
    JavaRDD<Long> squares = context.parallelize(List.of(3L, 1L, 2L), 2).map(x -> x * x);

    JavaRDDComparisons.assertRDDEquals(context.parallelize(List.of(1L, 4L, 9L), 1), squares);
    assertThatThrownBy(
            () ->
                JavaRDDComparisons.assertRDDEquals(
                    context.parallelize(List.of(1L, 4L, 8L), 1), squares))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void comparesDatasetsInAnyOrder(SparkSession session) {
    DatasetComparisons.assertSameRows(
        table(session, SPANISH, FRENCH), table(session, FRENCH, SPANISH));
    assertThatThrownBy(
            () ->
                DatasetComparisons.assertSameRows(
                    table(session, SPANISH, FRENCH), table(session, SPANISH, SPANISH)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void comparesDatasetsInOrder(SparkSession session) {
    DatasetComparisons.assertSameRowsInOrder(
        table(session, SPANISH, FRENCH), table(session, SPANISH, FRENCH));
    assertThatThrownBy(
            () ->
                DatasetComparisons.assertSameRowsInOrder(
                    table(session, SPANISH, FRENCH), table(session, FRENCH, SPANISH)))
        .isInstanceOf(AssertionError.class);
  }

  private static Dataset<Row> table(SparkSession session, Row... rows) {
    return session.createDataFrame(List.of(rows), SCHEMA);
  }
}
