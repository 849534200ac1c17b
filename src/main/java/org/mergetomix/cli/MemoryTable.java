package org.mergetomix.cli;

import org.mergetomix.memory.ByteCount;
import org.mergetomix.memory.ExecutorMemory;
import org.mergetomix.memory.MemoryPlan;
import org.mergetomix.memory.TrainingMemory;

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
    if (plan.remembered() > 0) {
      console.line(
          ROW,
          "keys and values",
          text(plan.allRemembered()),
          "%s x %s at most, while answers are written"
              .formatted(executor.slots(), text(plan.remembered())));
    }
    plan.shared()
        .ifPresent(
            shared ->
                console.line(
                    ROW,
                    "surrogates",
                    text(plan.sharedBytes()),
                    "%s x %s%s in %s, which has %s left"
                        .formatted(
                            executor.slots(),
                            text(shared.each()),
                            shared.factors() == 0 ? "" : " with factors",
                            shared.folder(),
                            text(shared.room()))));
    if (plan.merging() > 0) {
      console.line(
          ROW,
          "merging on GPUs",
          text(executor.slots() * plan.merging()),
          "%s x %s in float32".formatted(executor.slots(), text(plan.merging())));
    } else {
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
    }
    console.line(ROW, "texts of tasks", text(plan.texts()), "on disk");
    if (plan.download() > 0) {
      console.line(
          ROW, "copies", text(plan.download()), "on disk, of %s".formatted(text(plan.capacity())));
    }
  }

  /** Prints a line for each part of what fine-tuning needs. */
  static void print(Console console, TrainingMemory plan) {
    console.line(
        "Fine-tuning on one executor, %d at once, needs %s:", plan.trainings(), text(plan.all()));
    row(console, plan, "parameters", plan.parameters(), "");
    row(console, plan, "gradients", plan.gradients(), "");
    row(console, plan, "optimiser", plan.optimiser(), "");
    row(console, plan, "activations", plan.activations(), ", about");
  }

  private static void row(
      Console console, TrainingMemory plan, String what, long size, String remark) {
    console.line(
        ROW,
        what,
        text(plan.trainings() * size),
        "%s x %s%s".formatted(plan.trainings(), text(size), remark));
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
