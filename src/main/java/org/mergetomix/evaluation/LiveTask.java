package org.mergetomix.evaluation;

import java.util.SortedMap;
import org.mergetomix.score.ExampleRange;

/** A task that was prepared for a live model. It closes what it prepared, not the model. */
interface LiveTask extends AutoCloseable {

  /** How many examples it has. */
  int size();

  /** The scores of a block, as the model is now. */
  SortedMap<String, double[]> scores(ExampleRange block);

  @Override
  void close();
}
