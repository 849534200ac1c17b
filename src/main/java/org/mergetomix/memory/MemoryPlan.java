package org.mergetomix.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.mergetomix.model.Precision;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;

/**
 * What a search needs of one executor, beside its heap, and what that has. All sizes are in bytes.
 * Immutable.
 *
 * <p>Base and experts are mapped: they take memory only as long as nothing else wants it. Masks,
 * live models and prefix sums are there from the first mixture to the last.
 *
 * @param checkpoints base and experts on disk, shared by all slots; an expert that is still to be
 *     fine-tuned counts as what training makes of it
 * @param texts the texts of the tasks on disk
 * @param masks what the merge method keeps of all experts, shared by all slots: mostly a bit for
 *     each element; 0 where it drops no elements
 * @param model one live model, of which every slot has one: all parameters in the precision
 * @param remembered keys and values of a batch that one slot writes: every text as long as the
 *     context; 0 where no task has models write, and where a worker's model is of no known family
 * @param precision what models are evaluated in
 * @param shared where surrogates lie for workers, which then have the live models; empty without
 *     workers
 * @param merging what merging on a GPU keeps there beside each live model: base and deltas in
 *     float32, an adapter as its factors, and prefix sums, or the factors alone where workers
 *     merge; 0 where mixtures are merged on the CPU
 * @param prefixes the prefix sums of one slot, of no bytes where they are on a GPU
 * @param download what is copied out of stores to the executor's host
 * @param capacity the most that such copies may take
 * @param executor what it has
 */
public record MemoryPlan(
    long checkpoints,
    long texts,
    long masks,
    long model,
    long remembered,
    Precision precision,
    Optional<SharedMemory> shared,
    long merging,
    Prefixes prefixes,
    long download,
    long capacity,
    ExecutorMemory executor) {

  private static final String MERGE_BUFFERS = "merge.buffers";

  /** Of the room that is left, what is not given away unasked: it goes to mapped files. */
  private static final double SPARED = 0.25;

  /** The prefix sums of all slots. */
  public long sums() {
    return executor.slots() * prefixes.all();
  }

  /** The live models of all slots, wherever they are. */
  public long models() {
    return executor.slots() * model;
  }

  /** What is there from the first mixture to the last in the memory of the host. */
  long resident() {
    return withoutSums() + sums();
  }

  private long withoutSums() {
    return hostModels() + hostRemembered() + sharedBytes() + masks;
  }

  /** The keys and values of all slots, wherever they are. */
  public long allRemembered() {
    return executor.slots() * remembered;
  }

  private long hostRemembered() {
    return executor.modelsOfAGpu() > 0 ? 0 : allRemembered();
  }

  /** The surrogates in shared memory of all slots, with factors of experts beside them. */
  public long sharedBytes() {
    return executor.slots() * shared.map(SharedMemory::each).orElse(0L);
  }

  private long hostModels() {
    return executor.modelsOfAGpu() > 0 ? 0 : models();
  }

  /** The live models that share a GPU, with what is merged and kept there; 0 where none is. */
  public long modelsOnAGpu() {
    return executor.modelsOfAGpu() * (model + remembered + merging);
  }

  /** The same with so many prefixes, and no more than are of use. */
  MemoryPlan keeping(int most) {
    return new MemoryPlan(
        checkpoints,
        texts,
        masks,
        model,
        remembered,
        precision,
        shared,
        merging,
        prefixes.keeping(most),
        download,
        capacity,
        executor);
  }

  /** The same with as many prefixes as have room beside what has to be there; maybe none. */
  MemoryPlan keepingWhatHasRoom() {
    long left = Math.min(executor.direct() - masks, executor.outsideHeap() - withoutSums());
    return keeping(fittingPrefixes((long) (left * (1 - SPARED))));
  }

  /**
   * This plan, which can be done.
   *
   * @throws UserException usage, with everything that does not fit
   */
  MemoryPlan fitting() {
    UserException.usageIfAny(problems());
    return this;
  }

  /** Everything that does not fit. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    shared.flatMap(memory -> memory.little(executor.slots())).ifPresent(problems::add);
    if (masks + sums() > executor.direct()) {
      problems.add(littleDirect());
    }
    if (resident() > executor.outsideHeap()) {
      problems.add(
          executor.kind() == ExecutorMemory.Kind.CONTAINER ? littleOverhead() : littleMemory());
    }
    if (download > capacity) {
      problems.add(
          new Problem(
              "Base, experts and texts are %s in their stores, but a host may keep copies of %s"
                  .formatted(new ByteCount(download), new ByteCount(capacity)),
              "cache.capacity",
              "Raise it to at least " + new ByteCount(download).roundedUp()));
    }
    return List.copyOf(problems);
  }

  /**
   * What is wrong when a model that was fine-tuned into a store is to be scored: a host has a copy
   * of one at a time, beside its inputs.
   */
  public Optional<Problem> littleForAnotherModel() {
    // It was trained in float32, whatever it is evaluated in.
    long trained = model / precision.dtype().bytes() * Float.BYTES;
    long needed = download + trained;
    return needed <= capacity
        ? Optional.empty()
        : Optional.of(
            new Problem(
                "To score fine-tuned models, a host keeps a copy of one beside the inputs, together"
                    + " %s, but may keep copies of %s"
                        .formatted(new ByteCount(needed), new ByteCount(capacity)),
                "cache.capacity",
                "Raise it to at least " + new ByteCount(needed).roundedUp()));
  }

  /** What fits but will be slow. */
  public List<Problem> warnings() {
    List<Problem> warnings = new ArrayList<>();
    if (checkpoints > executor.physical()) {
      warnings.add(
          new Problem(
              "Base and experts are %s, but an executor's machine has %s of memory: they will be"
                      .formatted(new ByteCount(checkpoints), new ByteCount(executor.physical()))
                  + " read from disk again and again",
              "",
              "Use machines with more memory, or fewer datasets"));
    }
    if (prefixes.bytes() > 0 && prefixes.kept() == 0) {
      warnings.add(
          new Problem(
              "An executor has no room for prefix sums (slots: %s, each %s): every mixture is summed"
                      .formatted(executor.slots(), new ByteCount(prefixes.bytes()))
                  + " from its first dataset on",
              MERGE_BUFFERS,
              "To share work between mixtures, raise %s, or run fewer tasks at once"
                  .formatted(executor.heapOrOverhead())));
    }
    return List.copyOf(warnings);
  }

  private Problem littleDirect() {
    String raise =
        "raise %s, or -XX:MaxDirectMemorySize in %s"
            .formatted(executor.kind().heapKey(), executor.kind().optionsKey());
    int fitting = fittingPrefixes(executor.direct() - masks);
    return new Problem(
        "The %s, but its JVM allows %s of direct memory"
            .formatted(
                masks == 0
                    ? "prefix sums of an executor are " + sumsInWords()
                    : "masks of an executor are %s and its prefix sums %s"
                        .formatted(new ByteCount(masks), sumsInWords()),
                new ByteCount(executor.direct())),
        MERGE_BUFFERS,
        fitting > 0
            ? "Lower it to %s, or %s".formatted(fitting, raise)
            : "Even 1 does not fit: " + raise);
  }

  private Problem littleOverhead() {
    int fitting = fittingPrefixes(executor.outsideHeap() - withoutSums());
    return new Problem(
        "%s, but it may take %s beside its heap"
            .formatted(residentInWords(), new ByteCount(executor.outsideHeap())),
        "spark.executor.memoryOverhead",
        "Raise it to more than %s%s%s"
            .formatted(
                new ByteCount(resident()).forSpark(),
                fitting > 0 ? ", or lower merge.buffers to " + fitting : "",
                smallerBatch()));
  }

  private Problem littleMemory() {
    String what =
        "%s, but its machine has %s of memory"
            .formatted(residentInWords(), new ByteCount(executor.physical()));
    int fitting = fittingPrefixes(executor.physical() - withoutSums());
    return fitting > 0
        ? new Problem(
            what,
            MERGE_BUFFERS,
            "Lower it to %s, or run fewer tasks at once by %s%s"
                .formatted(fitting, executor.kind().coresKey(), smallerBatch()))
        : new Problem(
            what,
            executor.kind().coresKey(),
            "Run fewer tasks at once, or use machines with more memory; no merge.buffers will do"
                + smallerBatch());
  }

  private String smallerBatch() {
    return remembered == 0 ? "" : ", or lower evaluation.batch-size";
  }

  private String sumsInWords() {
    return "%s (slots: %s, prefixes: %s, each %s)"
        .formatted(
            new ByteCount(sums()),
            executor.slots(),
            prefixes.kept(),
            new ByteCount(prefixes.bytes()));
  }

  private String residentInWords() {
    return "The live models of an executor are %s%s%s%s and its prefix sums %s"
        .formatted(
            new ByteCount(hostModels()),
            hostRemembered() == 0 ? "" : ", its keys and values " + new ByteCount(hostRemembered()),
            shared.isEmpty()
                ? ""
                : ", its surrogates in shared memory " + new ByteCount(sharedBytes()),
            masks == 0 ? "" : ", its masks " + new ByteCount(masks),
            sumsInWords());
  }

  /** How many prefixes a slot can keep in some memory; 0 where that would not help. */
  private int fittingPrefixes(long memory) {
    long one = executor.slots() * prefixes.bytes();
    return one == 0 || memory < one ? 0 : (int) Math.min(prefixes.useful(), memory / one);
  }
}
