package org.mergetomix.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.mergetomix.model.ContinuationScore;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.LanguageModel;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;

/**
 * Evaluates a live model in this process. The questions are laid out in batches once, on the
 * model's device; which windows share a batch does not depend on what is evaluated, so scores
 * repeat bit for bit. A long context with several continuations is read once, where the model is of
 * a family.
 */
public final class LiveModelEvaluator implements Evaluator {

  private final LanguageModel model;
  private final NDManager memory;
  private final Map<TaskSplit, SortedMap<String, Task>> tasks = new EnumMap<>(TaskSplit.class);

  private LiveModelEvaluator(LanguageModel model) {
    this.model = model;
    this.memory = model.newScope();
  }

  /**
   * Prepares tasks for a model.
   *
   * @param tasks what is asked, by the task's id
   * @param batchSize windows evaluated at once; it decides the last bits of a score
   * @param model the model, whose device the batches stay on
   */
  public static LiveModelEvaluator of(
      Map<TaskSplit, SortedMap<String, TaskQuestions>> tasks, int batchSize, LanguageModel model) {
    LiveModelEvaluator evaluator = new LiveModelEvaluator(model);
    try {
      tasks.forEach((split, questions) -> evaluator.add(split, questions, batchSize));
      return evaluator;
    } catch (RuntimeException | Error failure) {
      evaluator.close();
      throw failure;
    }
  }

  private void add(TaskSplit split, SortedMap<String, TaskQuestions> questions, int batchSize) {
    SortedMap<String, Task> prepared = new TreeMap<>();
    questions.forEach((id, asked) -> prepared.put(id, prepare(asked, batchSize)));
    tasks.put(split, prepared);
  }

  private Task prepare(TaskQuestions asked, int batchSize) {
    SortedMap<ExampleRange, Block> blocks = new TreeMap<>();
    for (ExampleRange range : Blocks.of(asked.size())) {
      List<TokenWindow> windows = asked.windows(range);
      List<SharedContext> shared =
          model instanceof FamilyModel ? SharedContext.of(windows) : List.of();
      List<Integer> others = others(windows.size(), shared);
      List<BlockBatch> batches = new ArrayList<>();
      for (BatchWindows batch :
          BatchWindows.of(others.stream().map(windows::get).toList(), batchSize)) {
        batches.add(
            new BlockBatch(
                batch.places().stream().map(others::get).toList(),
                TokenBatch.of(memory, batch.windows(), asked.padding())));
      }
      blocks.put(range, new Block(windows, shared, List.copyOf(batches)));
    }
    return new Task(asked, blocks);
  }

  /** The places of the windows that share no context. */
  private static List<Integer> others(int windows, List<SharedContext> shared) {
    Set<Integer> sharing = new HashSet<>();
    shared.forEach(context -> sharing.addAll(context.places()));
    return IntStream.range(0, windows).filter(place -> !sharing.contains(place)).boxed().toList();
  }

  private record Task(TaskQuestions asked, SortedMap<ExampleRange, Block> blocks) {

    SortedMap<String, double[]> scores(ExampleRange range, double[] nats) {
      return asked
          .scoring()
          .scores(
              asked.examples().subList(range.from(), range.to()),
              blocks.get(range).windows(),
              nats);
    }
  }

  private record Block(
      List<TokenWindow> windows, List<SharedContext> shared, List<BlockBatch> batches) {}

  /** A batch, and where its windows stand among those of the block. */
  private record BlockBatch(List<Integer> places, TokenBatch tokens) {}

  @Override
  public SortedMap<String, double[]> evaluate(String id, TaskSplit split, ExampleRange range) {
    Task task =
        Optional.ofNullable(tasks.get(split))
            .map(known -> known.get(id))
            .orElseThrow(() -> new IllegalArgumentException("Unknown task: " + id));
    SortedMap<String, double[]> scores = new TreeMap<>();
    for (ExampleRange block : wholeBlocks(task.asked().size(), range)) {
      task.scores(block, nats(task.blocks().get(block)))
          .forEach(
              (measure, values) ->
                  System.arraycopy(
                      values,
                      0,
                      scores.computeIfAbsent(measure, none -> new double[range.size()]),
                      block.from() - range.from(),
                      block.size()));
    }
    return scores;
  }

  private static List<ExampleRange> wholeBlocks(int examples, ExampleRange range) {
    List<ExampleRange> blocks = Blocks.within(examples, range);
    if (blocks.stream().mapToInt(ExampleRange::size).sum() != range.size()) {
      throw new IllegalArgumentException("Not whole blocks of " + examples + " examples: " + range);
    }
    return blocks;
  }

  private double[] nats(Block block) {
    double[] nats = new double[block.windows().size()];
    for (BlockBatch batch : block.batches()) {
      try (NDManager scope = model.newScope()) {
        TokenBatch tokens = batch.tokens();
        NDArray losses = model.losses(tokens.inputs(), tokens.targets(), scope);
        float[] sums = tokens.negativeLogLikelihood(losses).sum(new int[] {1}).toFloatArray();
        for (int row = 0; row < sums.length; row++) {
          nats[batch.places().get(row)] = sums[row];
        }
      }
    }
    if (model instanceof FamilyModel family) {
      for (SharedContext context : block.shared()) {
        List<ContinuationScore> scores =
            family.continuations(context.given(), context.continuations());
        for (int i = 0; i < scores.size(); i++) {
          nats[context.places().get(i)] = -scores.get(i).logProbability();
        }
      }
    }
    return nats;
  }

  @Override
  public void close() {
    memory.close();
  }
}
