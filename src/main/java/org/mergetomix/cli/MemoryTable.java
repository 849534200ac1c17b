package org.mergetomix.cli;

import org.mergetomix.memory.ByteCount;
import org.mergetomix.memory.ExecutorMemory;
import org.mergetomix.memory.MemoryPlan;

/** What a search needs of one executor, as lines of text. */
final class MemoryTable {

  private static final String ROW = "  %-18s %10s  %s";

  private MemoryTable() {}

  /** Prints a line for each kind of memory. */
  static void print(Console console, MemoryPlan plan) {
    ExecutorMemory executor = plan.executor();
    console.line(
        "One executor with %d %s needs:",
        executor.slots(), executor.slots() == 1 ? "slot" : "slots");
    console.line(
        ROW,
        "base and experts",
        text(plan.checkpoints()),
        "mapped, of %s of memory".formatted(text(executor.physical())));
    if (plan.masks() > 0) {
      console.line(
          ROW,
          "masks of experts",
          text(plan.masks()),
          "shared, of %s of direct memory".formatted(text(executor.direct())));
    }
    console.line(
        ROW,
        "live models",
        text(plan.models()),
        "%s x %s in %s%s"
            .formatted(executor.slots(), text(plan.model()), plan.precision().key(), place(plan)));
    console.line(
        ROW,
        "prefix sums",
        text(plan.sums()),
        "%s x %s of %s, of %s of direct memory"
            .formatted(
                executor.slots(),
                plan.prefixes().kept(),
                text(plan.prefixes().bytes()),
                text(executor.direct())));
    console.line(ROW, "texts of tasks", text(plan.texts()), "on disk");
    if (plan.download() > 0) {
      console.line(
          ROW, "copies", text(plan.download()), "on disk, of %s".formatted(text(plan.capacity())));
    }
  }

  private static String place(MemoryPlan plan) {
    ExecutorMemory executor = plan.executor();
    if (executor.modelsOfAGpu() > 0) {
      return ", each GPU %s beside what it computes".formatted(text(plan.modelsOnAGpu()));
    }
    return executor.kind() == ExecutorMemory.Kind.CONTAINER
        ? ", with the sums within %s beside the heap".formatted(text(executor.outsideHeap()))
        : "";
  }

  private static String text(long bytes) {
    return new ByteCount(bytes).text();
  }
}
