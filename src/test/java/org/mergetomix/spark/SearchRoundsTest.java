package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.output.OutputLease;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RunDirectory;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class SearchRoundsTest {

  private static final int DATASETS = 8;

  @TempDir private Path folder;

  @Test
  void roundsGrowWhileTheyAreShort(SparkSession spark) throws Exception {
    RunDirectory directory = directory(spark);

    assertThat(run(spark, directory, IndexRanges.of(List.of()))).isEqualTo(255);

    assertThat(directory.evaluations(spark).rows().map(EvaluationRow::index).collect())
        .hasSize(255)
        .doesNotHaveDuplicates();
    assertThat(rounds()).isBetween(2L, 4L);
  }

  @Test
  void evaluatesOnlyWhatIsMissing(SparkSession spark) throws Exception {
    RunDirectory directory = directory(spark);
    IndexRanges there = IndexRanges.of(List.of(new IndexRange(3, 10), new IndexRange(100, 250)));

    assertThat(run(spark, directory, there)).isEqualTo(255 - 157);

    assertThat(directory.evaluations(spark).rows().map(EvaluationRow::index).collect())
        .hasSize(255 - 157)
        .doesNotHaveDuplicates()
        .noneMatch(index -> (index >= 3 && index < 10) || (index >= 100 && index < 250));
  }

  @Test
  void keepsToAConfiguredRoundSize(SparkSession spark) throws Exception {
    RunDirectory directory = directory(spark);

    run(spark, directory, IndexRanges.of(List.of()), "search.round-size=51");

    assertThat(rounds()).isEqualTo(5);
  }

  private RunDirectory directory(SparkSession spark) {
    return new RunDirectory(Location.of(folder), spark.sparkContext().hadoopConfiguration());
  }

  private static long run(
      SparkSession spark, RunDirectory directory, IndexRanges there, String... settings) {
    Configuration configuration = Configuration.load(List.of(), List.of(settings));
    try (OutputLease lease = directory.lease(60, () -> {})) {
      return new SearchRounds(spark, configuration, directory, lease, Progress.SILENT)
          .run(
              TrivialWork.space(DATASETS).size(),
              there,
              counters -> new TrivialWork(DATASETS, counters));
    }
  }

  private long rounds() throws Exception {
    try (Stream<Path> rounds = Files.list(folder.resolve("evaluations"))) {
      return rounds.filter(file -> file.getFileName().toString().startsWith("round=")).count();
    }
  }
}
