package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mergetomix.location.Location;
import org.mergetomix.mlflow.SearchRun;
import org.mergetomix.table.RunRecord;

class TrackingActionTest {

  private static final RunRecord SEARCHED =
      RunRecord.begun(
          "2026-01-01T00:00:00Z",
          new RunRecord.Run("1234", new TreeMap<>(), List.of("a", "b"), List.of()),
          new RunRecord.Start(
              new TreeMap<>(Map.of("seed", "1", "search.width", "8", "spark.master", "local")),
              new TreeMap<>(),
              new TreeMap<>()));

  @Test
  void tellsWhatTheSearchWasGivenAndWhetherItsFidelityIsMeasured() {
    RunRecord confirmed =
        SEARCHED.confirmed(
            2,
            SEARCHED.seconds(),
            new RunRecord.Fidelity(new TreeMap<>(Map.of("top quarter", 0.5)), List.of()),
            "2026-01-01T00:00:02Z");

    assertThat(told(SEARCHED).parameters())
        .containsOnly(Map.entry("seed", "1"), Map.entry("search.width", "8"))
        .isEqualTo(told(confirmed).parameters());
    assertThat(told(SEARCHED).tags()).containsEntry("fidelity", "none");
    assertThat(told(confirmed).tags()).containsEntry("fidelity", "measured");
    assertThat(told(confirmed).metrics()).containsEntry("fidelity.top_quarter", 0.5);
  }

  private static SearchRun told(RunRecord record) {
    return TrackingAction.told(record, List.of(), Location.of("report.html"), "name");
  }
}
