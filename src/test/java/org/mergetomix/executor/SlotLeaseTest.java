package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class SlotLeaseTest {

  @TempDir private Path folder;

  @AfterEach
  void shutDown() {
    ExecutorRuntime.shutDown();
  }

  @Test
  void takesAnotherSlotAfterAFailureInTheMiddleOfAMixture(SparkSession spark) {
    SmallRun run = SmallRun.of(folder);
    RunPlan plan = RunPlan.of(spark, run.manifest(), run.configuration());
    Mixture mixture = Mixture.parse("a+b+c");
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      Slot first = slot(lease);
      assertThat(slot(lease)).isSameAs(first);
      double right = lease.call(slot -> score(slot, mixture));

      assertThatThrownBy(
              () ->
                  lease.call(
                      slot -> {
                        slot.merge(mixture);
                        throw new IllegalStateException("in the middle");
                      }))
          .hasMessage("in the middle");

      assertThat(slot(lease)).isNotSameAs(first);
      double again = lease.call(slot -> score(slot, mixture));
      assertThat(again).isEqualTo(right);
    }
  }

  private static Slot slot(SlotLease lease) {
    return lease.call(slot -> slot);
  }

  private static double score(Slot slot, Mixture mixture) {
    slot.merge(mixture);
    return slot.evaluate("task").mean().value();
  }
}
