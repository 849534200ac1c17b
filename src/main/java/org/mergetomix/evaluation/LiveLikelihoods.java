package org.mergetomix.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
 * How likely a live model finds what a task asks. The questions are laid out in batches once, on
 * the model's device. A long context with several continuations is read once, where the model is of
 * a family.
 */
final class LiveLikelihoods implements LiveTask {

  private final LanguageModel model;
  private final NDManager memory;
  private final LikelihoodQuestions asked;
  private final SortedMap<ExampleRange, Block> blocks = new TreeMap<>();

  private LiveLikelihoods(LanguageModel model, LikelihoodQuestions asked) {
    this.model = model;
    this.memory = model.newScope();
    this.asked = asked;
  }

  static LiveLikelihoods of(LanguageModel model, LikelihoodQuestions asked, int batchSize) {
    LiveLikelihoods task = new LiveLikelihoods(model, asked);
    try {
      Blocks.of(asked.size())
          .forEach(range -> task.blocks.put(range, task.block(range, batchSize)));
      return task;
    } catch (RuntimeException | Error failure) {
      task.close();
      throw failure;
    }
  }

  private record Block(
      List<TokenWindow> windows, List<SharedContext> shared, List<BlockBatch> batches) {}

  /** A batch, and where its windows stand among those of the block. */
  private record BlockBatch(List<Integer> places, TokenBatch tokens) {}

  private Block block(ExampleRange range, int batchSize) {
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
    return new Block(windows, shared, List.copyOf(batches));
  }

  /** The places of the windows that share no context. */
  private static List<Integer> others(int windows, List<SharedContext> shared) {
    Set<Integer> sharing = new HashSet<>();
    shared.forEach(context -> sharing.addAll(context.places()));
    return IntStream.range(0, windows).filter(place -> !sharing.contains(place)).boxed().toList();
  }

  @Override
  public int size() {
    return asked.size();
  }

  @Override
  public SortedMap<String, double[]> scores(ExampleRange range) {
    Block block = blocks.get(range);
    return asked
        .scoring()
        .scores(asked.examples().subList(range.from(), range.to()), block.windows(), nats(block));
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
