package org.mergetomix.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.cache.FaultyFileSystem;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.plan.InputAccess;
import org.mergetomix.plan.RunPlan;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.testing.SmallRun;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class SlotLeaseTest {

  /** Of the small run's task. */
  private static final int EXAMPLES = 10;

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
      double[] right = lease.call(slot -> score(slot, mixture));

      assertThatThrownBy(
              () ->
                  lease.call(
                      slot -> {
                        slot.merge(mixture, Optional.empty());
                        throw new IllegalStateException("in the middle");
                      }))
          .hasMessage("in the middle");

      assertThat(slot(lease)).isNotSameAs(first);
      double[] again = lease.call(slot -> score(slot, mixture));
      assertThat(again).isEqualTo(right);
    }
  }

  /** Loading graph and texts again would cost more than the mixture. */
  @Test
  void keepsASlotWhoseScoreIsNotANumber(SparkSession spark) {
    SmallRun run = SmallRun.of(folder);
    run.breakExpert("d");
    RunPlan plan = RunPlan.of(spark, run.manifest(), run.configuration());
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      Slot first = slot(lease);
      double[] right = lease.call(slot -> score(slot, Mixture.parse("a+b")));

      double[] broken = lease.call(slot -> score(slot, Mixture.parse("a+d")));

      assertThat(broken).contains(Double.NaN);
      assertThat(slot(lease)).isSameAs(first);
      double[] again = lease.call(slot -> score(slot, Mixture.parse("a+b")));
      assertThat(again).isEqualTo(right);
    }
  }

  /** The cache has room for one and a half: neither the last one nor another's may be there. */
  @Test
  void hasOneWholeModelOnTheHostAtATime(SparkSession spark) throws Exception {
    SmallRun run = SmallRun.of(folder);
    RunPlan plan = RunPlan.of(spark, run.manifest(), run.configuration());
    long bytes = Files.size(run.expert("a"));
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.faulty.impl", FaultyFileSystem.class.getName());
    InputAccess away =
        new InputAccess(
            new SerializableConfiguration(hadoop),
            run.configuration(
                    "cache.directory=" + folder.resolve("cache"), "cache.capacity=" + bytes * 3 / 2)
                .cache());

    ExecutorService tasks = Executors.newFixedThreadPool(2);
    try {
      List<Future<double[]>> scores = new ArrayList<>();
      for (String expert : SmallRun.DATASETS) {
        Location model = Location.of("faulty://models" + run.expert(expert));
        scores.add(tasks.submit(() -> score(plan, away, model)));
      }
      for (int i = 0; i < scores.size(); i++) {
        assertThat(scores.get(i).get()).hasSize(EXAMPLES);
      }
      assertThat(scores.get(0).get()).isNotEqualTo(scores.get(1).get());
    } finally {
      tasks.shutdown();
    }
  }

  private static double[] score(RunPlan plan, InputAccess access, Location model) {
    try (SlotLease lease = ExecutorRuntime.lease(plan)) {
      lease.fill(access, model);
      return lease.call(SlotLeaseTest::score);
    }
  }

  private static double[] score(Slot slot) {
    return slot.evaluate("task", ExampleRange.all(EXAMPLES)).get("bits_per_byte");
  }

  private static Slot slot(SlotLease lease) {
    return lease.call(slot -> slot);
  }

  private static double[] score(Slot slot, Mixture mixture) {
    slot.merge(mixture, Optional.empty());
    return score(slot);
  }
}
