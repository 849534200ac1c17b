package org.mergetomix.evaluation;

import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;

/** A task that was prepared for a live model. It closes what it prepared, not the model. */
public interface LiveTask extends AutoCloseable {

  /** How many examples it has. */
  int size();

  /** The scores of a block, as the model is now. */
  SortedMap<String, double[]> scores(ExampleRange block);

  /**
   * The scores of some whole blocks, in the task's order.
   *
   * @throws IllegalArgumentException when the range is not whole blocks
   */
  default SortedMap<String, double[]> scoresOf(ExampleRange range) {
    SortedMap<String, double[]> scores = new TreeMap<>();
    for (ExampleRange block : Blocks.whole(size(), range)) {
      scores(block)
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

  @Override
  void close();
}
