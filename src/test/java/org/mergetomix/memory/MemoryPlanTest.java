package org.mergetomix.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.mergetomix.memory.ExecutorMemory.Kind;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

class MemoryPlanTest {

  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  private static final ExecutorMemory LOCAL =
      new ExecutorMemory(Kind.LOCAL, 0, 4, 8 * GIB, 64 * GIB, 64 * GIB);
  private static final ExecutorMemory STANDALONE =
      new ExecutorMemory(Kind.STANDALONE, 0, 4, 64 * GIB, 20 * GIB, 20 * GIB);
  private static final ExecutorMemory CONTAINER =
      new ExecutorMemory(Kind.CONTAINER, 0, 2, 8 * GIB, 16 * GIB, 6 * GIB);

  @Test
  void addsUpWhatTheSlotsTake() {
    MemoryPlan plan = planned(9 * GIB, MIB, 0, GIB, 4 * GIB, 3, 0, GIB, LOCAL);

    assertThat(plan.models()).isEqualTo(4 * GIB);
    assertThat(plan.prefixes().all()).isEqualTo(12 * GIB);
    assertThat(plan.sums()).isEqualTo(48 * GIB);
    assertThat(plan.resident()).isEqualTo(52 * GIB);
  }

  @Test
  void takesWhatJustFits() {
    MemoryPlan direct = planned(9 * GIB, MIB, 0, GIB, GIB, 2, 5 * GIB, 5 * GIB, LOCAL);
    MemoryPlan overhead = planned(9 * GIB, MIB, 0, GIB, GIB, 2, 0, GIB, CONTAINER);
    MemoryPlan physical = planned(20 * GIB, MIB, 0, GIB, GIB, 4, 0, GIB, STANDALONE);

    assertThat(direct.fitting()).isSameAs(direct);
    assertThat(overhead.fitting()).isSameAs(overhead);
    assertThat(physical.fitting()).isSameAs(physical);
    assertThat(physical.warnings()).isEmpty();
  }

  @Test
  void saysHowManyPrefixesFitIntoDirectMemory() {
    assertThat(planned(0, 0, 0, MIB, 600 * MIB, 7, 0, GIB, LOCAL).problems())
        .extracting(Problem::message)
        .containsExactly(
            "The prefix sums of an executor are 16.4 GiB (slots: 4, prefixes: 7, each 600.0 MiB),"
                + " but its JVM allows 8.0 GiB of direct memory (merge.buffers). Lower it to 3, or"
                + " raise spark.driver.memory (-Dheap with Maven), or -XX:MaxDirectMemorySize in"
                + " spark.driver.extraJavaOptions.");
  }

  @Test
  void saysWhenNotEvenOnePrefixFitsIntoDirectMemory() {
    ExecutorMemory little = new ExecutorMemory(Kind.STANDALONE, 0, 2, GIB, 64 * GIB, 64 * GIB);

    assertThat(planned(0, 0, 0, MIB, 600 * MIB, 1, 0, GIB, little).problems())
        .extracting(Problem::message)
        .containsExactly(
            "The prefix sums of an executor are 1.2 GiB (slots: 2, prefixes: 1, each 600.0 MiB),"
                + " but its JVM allows 1.0 GiB of direct memory (merge.buffers). Even 1 does not"
                + " fit: raise spark.executor.memory, or -XX:MaxDirectMemorySize in"
                + " spark.executor.extraJavaOptions.");
  }

  @Test
  void asksForMoreOverheadInAContainer() {
    assertThat(planned(0, 0, 0, GIB, GIB, 3, 0, GIB, CONTAINER).problems())
        .extracting(Problem::message)
        .containsExactly(
            "The live models of an executor are 2.0 GiB and its prefix sums 6.0 GiB (slots: 2,"
                + " prefixes: 3, each 1.0 GiB), but it may take 6.0 GiB beside its heap"
                + " (spark.executor.memoryOverhead). Raise it to more than 8192m, or lower"
                + " merge.buffers to 2.");
    assertThat(planned(0, 0, 0, 3 * GIB, GIB, 1, 0, GIB, CONTAINER).problems())
        .singleElement()
        .extracting(Problem::remedy)
        .isEqualTo("Raise it to more than 8192m");
  }

  @Test
  void refusesMoreThanTheMachineHas() {
    assertThat(planned(0, 0, 0, GIB, GIB, 5, 0, GIB, STANDALONE).problems())
        .extracting(Problem::message)
        .containsExactly(
            "The live models of an executor are 4.0 GiB and its prefix sums 20.0 GiB (slots: 4,"
                + " prefixes: 5, each 1.0 GiB), but its machine has 20.0 GiB of memory"
                + " (merge.buffers). Lower it to 4, or run fewer tasks at once by"
                + " spark.executor.cores.");
    assertThat(planned(0, 0, 0, 6 * GIB, 0, 5, 0, GIB, STANDALONE).problems())
        .singleElement()
        .extracting(Problem::message)
        .isEqualTo(
            "The live models of an executor are 24.0 GiB and its prefix sums 0 B (slots: 4,"
                + " prefixes: 5, each 0 B), but its machine has 20.0 GiB of memory"
                + " (spark.executor.cores). Run fewer tasks at once, or use machines with more"
                + " memory; no merge.buffers will do.");
  }

  @Test
  void countsMasksOnceForAllSlots() {
    MemoryPlan direct = planned(0, 0, 5 * GIB, MIB, GIB, 2, 0, GIB, LOCAL);
    MemoryPlan overhead = planned(0, 0, 2 * GIB, GIB, GIB, 2, 0, GIB, CONTAINER);
    MemoryPlan machine = planned(0, 0, 21 * GIB, GIB, 0, 0, 0, GIB, STANDALONE);

    assertThat(planned(0, 0, 2 * GIB, GIB, GIB, 1, 0, GIB, CONTAINER).problems()).isEmpty();
    assertThat(direct.problems())
        .extracting(Problem::message)
        .containsExactly(
            "The masks of an executor are 5.0 GiB and its prefix sums 8.0 GiB (slots: 4, prefixes:"
                + " 2, each 1.0 GiB), but its JVM allows 8.0 GiB of direct memory (merge.buffers)."
                + " Even 1 does not fit: raise spark.driver.memory (-Dheap with Maven), or"
                + " -XX:MaxDirectMemorySize in spark.driver.extraJavaOptions.");
    assertThat(overhead.problems())
        .extracting(Problem::message)
        .containsExactly(
            "The live models of an executor are 2.0 GiB, its masks 2.0 GiB and its prefix sums 4.0"
                + " GiB (slots: 2, prefixes: 2, each 1.0 GiB), but it may take 6.0 GiB beside its"
                + " heap (spark.executor.memoryOverhead). Raise it to more than 8192m, or lower"
                + " merge.buffers to 1.");
    assertThat(machine.problems()).extracting(Problem::where).contains("spark.executor.cores");
  }

  @Test
  void leavesModelsOnGpusOutOfTheHost() {
    ExecutorMemory gpu = new ExecutorMemory(Kind.CONTAINER, 1, 2, GIB, GIB, GIB);

    MemoryPlan plan = planned(0, 0, 0, 40 * GIB, 256 * MIB, 2, 0, GIB, gpu);

    assertThat(plan.problems()).isEmpty();
    assertThat(plan.modelsOnAGpu()).isEqualTo(40 * GIB);
  }

  @Test
  void asksForALargerCache() {
    assertThat(planned(0, 0, 0, 0, 0, 1, 60 * GIB + 1, 50 * GIB, LOCAL).problems())
        .extracting(Problem::message)
        .containsExactly(
            "Base, experts and texts are 60.0 GiB in their stores, but a host may keep copies of"
                + " 50.0 GiB (cache.capacity). Raise it to at least 61 GiB.");
  }

  @Test
  void warnsOfExpertsThatMemoryCannotHold() {
    MemoryPlan plan = planned(65 * GIB, 0, 0, 0, 0, 1, 0, GIB, LOCAL);

    assertThat(plan.problems()).isEmpty();
    assertThat(plan.warnings())
        .extracting(Problem::message)
        .containsExactly(
            "Base and experts are 65.0 GiB, but an executor's machine has 64.0 GiB of memory: they"
                + " will be read from disk again and again. Use machines with more memory, or"
                + " fewer datasets.");
  }

  @Test
  void hasRoomForOneFineTunedModelBesideTheInputs() {
    assertThat(plan(8 * GIB, 9 * GIB).littleForAnotherModel()).isEmpty();
    assertThat(plan(8 * GIB, 8 * GIB + 1).problems()).isEmpty();
    assertThat(plan(8 * GIB, 8 * GIB + 1).littleForAnotherModel().orElseThrow().message())
        .isEqualTo(
            "To score fine-tuned models, a host keeps a copy of one beside the inputs, together"
                + " 9.0 GiB, but may keep copies of 8.0 GiB (cache.capacity)."
                + " Raise it to at least 9216 MiB.");
  }

  private static MemoryPlan planned(
      long checkpoints,
      long texts,
      long masks,
      long model,
      long prefix,
      int prefixes,
      long download,
      long capacity,
      ExecutorMemory executor) {
    return new MemoryPlan(
        checkpoints,
        texts,
        masks,
        model,
        0,
        Precision.FLOAT32,
        Optional.empty(),
        0,
        new Prefixes(prefix, prefixes, prefixes),
        download,
        capacity,
        executor);
  }

  private static MemoryPlan plan(long download, long capacity) {
    return planned(9 * GIB, MIB, 0, GIB, 0, 1, download, capacity, LOCAL);
  }

  @Test
  void wantsSharedMemoryForTheSurrogatesOfAllSlots() {
    assertThat(sharing(4 * GIB).problems()).isEmpty();
    assertThat(sharing(4 * GIB).sharedBytes()).isEqualTo(4 * GIB);
    assertThat(sharing(4 * GIB).resident()).isEqualTo(8 * GIB);
    assertThat(sharing(64 * MIB).problems())
        .extracting(Problem::message)
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith(
            "The surrogates of an executor (slots: 4, each 1.0 GiB) are 4.0 GiB, but its shared"
                + " memory has 64.0 MiB left (/dev/shm). Give executors more");
    assertThat(sharing(-1).problems())
        .extracting(Problem::what)
        .containsExactly("An executor has no folder for shared memory");
  }

  @Test
  void wantsItForWhatWorkersHoldOfTheExpertsToo() {
    assertThat(sharing(6 * GIB, GIB / 2).problems()).isEmpty();
    assertThat(sharing(4 * GIB, GIB / 2).problems())
        .extracting(Problem::what)
        .containsExactly(
            "The surrogates of an executor (slots: 4, each 1.5 GiB with the experts' factors) are"
                + " 6.0 GiB, but its shared memory has 4.0 GiB left");
  }

  private static MemoryPlan sharing(long room) {
    return sharing(room, 0);
  }

  private static MemoryPlan sharing(long room, long factors) {
    return new MemoryPlan(
        0,
        0,
        0,
        GIB,
        0,
        Precision.FLOAT32,
        Optional.of(new SharedMemory("/dev/shm", GIB, factors, room)),
        0,
        new Prefixes(0, 1, 1),
        0,
        GIB,
        LOCAL);
  }

  @Test
  void keepsAsManyPrefixesAsHaveRoomBesideTheRest() {
    MemoryPlan direct = planned(0, 0, 2 * GIB, MIB, GIB, 7, 0, GIB, LOCAL);
    MemoryPlan machine = planned(0, 0, 0, 3 * GIB, GIB / 4, 7, 0, GIB, STANDALONE);
    MemoryPlan narrow = planned(0, 0, 0, 3 * GIB, GIB, 7, 0, GIB, CONTAINER);

    // Three quarters of 6 GiB for 4 slots, of 8 GiB, and of nothing.
    assertThat(direct.keepingWhatHasRoom().prefixes()).isEqualTo(new Prefixes(GIB, 1, 7));
    assertThat(machine.keepingWhatHasRoom().prefixes().kept()).isEqualTo(6);
    assertThat(narrow.keepingWhatHasRoom().prefixes().kept()).isZero();
    assertThat(planned(0, 0, 0, MIB, MIB, 7, 0, GIB, LOCAL).keepingWhatHasRoom().prefixes().kept())
        .isEqualTo(7);
    assertThat(planned(0, 0, 0, MIB, 0, 7, 0, GIB, LOCAL).keepingWhatHasRoom().warnings())
        .isEmpty();
    assertThat(narrow.keepingWhatHasRoom().problems()).isEmpty();
    assertThat(narrow.keepingWhatHasRoom().warnings())
        .extracting(Problem::message)
        .containsExactly(
            "An executor has no room for prefix sums (slots: 2, each 1.0 GiB): every mixture is"
                + " summed from its first dataset on (merge.buffers). To share work between"
                + " mixtures, raise spark.executor.memory and spark.executor.memoryOverhead, or run"
                + " fewer tasks at once.");
  }

  @Test
  void keepsNoMorePrefixesThanAreOfUse() {
    assertThat(planned(0, 0, 0, MIB, MIB, 7, 0, GIB, LOCAL).keeping(9).prefixes().kept())
        .isEqualTo(7);
    assertThat(planned(0, 0, 0, MIB, MIB, 7, 0, GIB, LOCAL).keeping(2).prefixes().kept())
        .isEqualTo(2);
  }

  @Test
  void tellsEverythingAtOnce() {
    MemoryPlan plan = planned(0, 0, 0, 10 * GIB, 10 * GIB, 2, 2 * GIB, GIB, CONTAINER);

    assertThatThrownBy(plan::fitting)
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> {
              assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE);
              assertThat(refusal.problems())
                  .extracting(Problem::where)
                  .containsExactly(
                      "merge.buffers", "spark.executor.memoryOverhead", "cache.capacity");
            });
  }
}
