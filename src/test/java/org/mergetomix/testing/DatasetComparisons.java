package org.mergetomix.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import com.holdenkarau.spark.testing.JavaRDDComparisons;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Comparisons of whole Datasets, by spark-testing-base. RDDs have {@link JavaRDDComparisons}, whose
 * methods are static.
 */
public final class DatasetComparisons {

  private DatasetComparisons() {}

  /** Fails unless both have the same schema and the same rows in the same order. */
  public static void assertSameRowsInOrder(Dataset<Row> expected, Dataset<Row> actual) {
    assertThat(actual.schema()).isEqualTo(expected.schema());
    JavaRDDComparisons.assertRDDEqualsWithOrder(expected.toJavaRDD(), actual.toJavaRDD());
  }

  /** Fails unless both have the same schema and the same rows, each as often, in any order. */
  public static void assertSameRows(Dataset<Row> expected, Dataset<Row> actual) {
    new Suite().assertDataFrameDataEquals(expected, actual);
  }

  /**
   * The library compares tables in its JUnit 4 suite. Of that only this comparison is used, which
   * needs neither JUnit 4's runner nor the suite's own session; its ordered comparisons would need
   * Hive on the class path. Kept private, where JUnit does not look for tests.
   */
  private static final class Suite extends JavaDatasetSuiteBase {

    private static final long serialVersionUID = 1L;
  }
}
