package org.mergetomix.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.score.Estimate;
import org.mergetomix.testing.Golden;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class FidelityTableTest {

  @TempDir private Path folder;

  @Test
  void hasTheColumnsThatNotebooksRelyOn(SparkSession spark) {
    new FidelityTable(spark, Location.of(folder.resolve("fidelity"))).write(List.of(row("a+b", 1)));

    Golden.assertMatches(
        FidelityTableTest.class,
        "fidelity-schema.txt",
        Golden.text(spark.read().parquet(folder.resolve("fidelity").toString()).schema()));
  }

  @Test
  void readsBackWhatWasWrittenInItsOrder(SparkSession spark) {
    FidelityTable table = new FidelityTable(spark, Location.of(folder.resolve("fidelity")));
    List<FidelityRow> rows = new ArrayList<>();
    for (int i = 20; i > 0; i--) {
      rows.add(row("m" + i, i));
    }
    table.write(rows);

    assertThat(table.read()).isEqualTo(rows);
  }

  @Test
  void leavesOutConfirmScoresThatAreNotThere(SparkSession spark) {
    FidelityTable table = new FidelityTable(spark, Location.of(folder.resolve("fidelity")));
    FidelityRow unconfirmed = row("a+b", Double.NaN);
    table.write(List.of(unconfirmed));

    Row row = spark.read().parquet(folder.resolve("fidelity").toString()).first();
    assertThat(row.isNullAt(row.fieldIndex("confirm_score"))).isTrue();
    assertThat(table.read()).containsExactly(unconfirmed);
  }

  @Test
  void isEmptyUntilItIsWritten(SparkSession spark) {
    FidelityTable table = new FidelityTable(spark, Location.of(folder.resolve("fidelity")));
    assertThat(table.read()).isEmpty();
  }

  private static FidelityRow row(String mixture, double confirm) {
    return new FidelityRow(
        mixture,
        "spread",
        new Estimate(1.5, 0.25),
        new Estimate(1.25, Double.NaN),
        Double.isNaN(confirm) ? 1 : 2,
        Double.isNaN(confirm) ? Double.NaN : 0.125,
        Double.isNaN(confirm) ? Double.NaN : 1.375,
        new Estimate(confirm, Double.isNaN(confirm) ? Double.NaN : 0.5),
        3.5,
        "models/" + mixture);
  }
}
