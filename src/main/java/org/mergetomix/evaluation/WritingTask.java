package org.mergetomix.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.problem.UserException;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;

/**
 * What a model writes for a task, in batches of beginnings of like length, and its scores. Closes
 * the tokenizer, not the model. One thread.
 */
public final class WritingTask implements LiveTask {

  private final TextWriter model;
  private final WritingQuestions asked;
  private final Tokenizer tokenizer;
  private final SortedMap<ExampleRange, List<List<Integer>>> batches = new TreeMap<>();

  private WritingTask(TextWriter model, WritingQuestions asked, Tokenizer tokenizer) {
    this.model = model;
    this.asked = asked;
    this.tokenizer = tokenizer;
  }

  /**
   * Prepares a task.
   *
   * @param batchSize texts written at once, at most; it decides the last bits of what is compared
   * @throws UserException if the tokenizer cannot be used
   */
  public static WritingTask of(TextWriter model, WritingQuestions asked, int batchSize) {
    WritingTask task = new WritingTask(model, asked, asked.tokenizer().open());
    for (ExampleRange range : Blocks.of(asked.size())) {
      List<Integer> lengths =
          asked.prompts().subList(range.from(), range.to()).stream()
              .map(prompt -> prompt.length)
              .toList();
      task.batches.put(range, BatchWindows.places(lengths, batchSize));
    }
    return task;
  }

  @Override
  public int size() {
    return asked.size();
  }

  @Override
  public SortedMap<String, double[]> scores(ExampleRange block) {
    GreedyWriter writer = new GreedyWriter(tokenizer, asked.ending());
    List<TaskExample> examples = asked.examples().subList(block.from(), block.to());
    List<int[]> prompts = asked.prompts().subList(block.from(), block.to());
    String[] texts = new String[examples.size()];
    boolean numbers = true;
    for (List<Integer> places : batches.get(block)) {
      List<int[]> begun = places.stream().map(prompts::get).toList();
      List<int[]> written = writer.write(model, begun);
      numbers = numbers && model.answersNumbers(begun.get(0), written.get(0)[0]);
      for (int row = 0; row < places.size(); row++) {
        texts[places.get(row)] = writer.text(written.get(row));
      }
    }
    SortedMap<String, double[]> scores = asked.scoring().scores(examples, List.of(texts));
    if (!numbers) {
      scores.values().forEach(values -> Arrays.fill(values, Double.NaN));
    }
    return scores;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
