package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.spark.round.Progress;
import org.mergetomix.statistics.correction.Retention;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class HeldOutRetentionTest {

  private static final String[] SETTINGS = {
    "training.held-out=0.25", "training.steps=12", "training.learning-rate=0.01"
  };

  @TempDir private Path folder;

  @Test
  void measuresExpertsThatWereTrainedWithoutTheRowsAndNoOthers(SparkSession spark) {
    SmallRun run = SmallRun.withoutExperts(folder);
    new FineTuneAction(spark, run.manifest(), run.configuration(SETTINGS), Progress.SILENT).run();

    HeldOutRetention found = check(spark, run, SETTINGS);

    assertThat(found.unknown()).isEmpty();
    Retention retention = found.retention().orElseThrow();
    List<String> told = new ArrayList<>(retention.kept().keySet());
    told.addAll(retention.withoutGain());
    assertThat(told).containsExactlyInAnyOrderElementsOf(SmallRun.DATASETS);
    assertThat(retention.kept().values()).isNotEmpty().allMatch(Double::isFinite);
    assertThat(check(spark, run, SETTINGS)).isEqualTo(found);

    HeldOutRetention other = check(spark, run, "training.held-out=0.5");
    assertThat(other.unknown()).isEqualTo(SmallRun.DATASETS);
    assertThat(other.retention()).isEmpty();
    assertThat(new CheckAction(spark, run.manifest(), run.configuration()).retention()).isEmpty();
  }

  private static HeldOutRetention check(SparkSession spark, SmallRun run, String... settings) {
    return new CheckAction(spark, run.manifest(), run.configuration(settings))
        .retention()
        .orElseThrow();
  }
}
