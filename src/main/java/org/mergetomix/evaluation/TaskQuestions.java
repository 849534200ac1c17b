package org.mergetomix.evaluation;

import java.util.List;

/**
 * What a task asks a model. Immutable, so safe to share between engines and threads. An engine that
 * cannot answer one of these refuses it.
 */
public sealed interface TaskQuestions
    permits LikelihoodQuestions, WritingQuestions, HarnessQuestions {

  /** The examples, in the task's order. */
  List<TaskExample> examples();

  /** How many examples there are. */
  default int size() {
    return examples().size();
  }

  /** What they count in a measure, in the task's order. */
  default double[] weights(String measure) {
    return examples().stream().mapToDouble(example -> example.weight(measure)).toArray();
  }
}
