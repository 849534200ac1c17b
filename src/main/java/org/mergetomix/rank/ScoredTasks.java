package org.mergetomix.rank;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Objective;
import org.mergetomix.table.EvaluationRow;

/**
 * The tasks that count: of each the measure, and what its examples weigh. Small beside what an
 * executor is told otherwise. Immutable.
 */
public final class ScoredTasks implements Serializable {

  private static final long serialVersionUID = 1L;

  private final TreeMap<String, Scored> tasks = new TreeMap<>();

  /** What counts of one task. */
  private record Scored(String measure, ExampleValues weights) implements Serializable {}

  /**
   * The tasks of some terms.
   *
   * @param weights by task and measure, as the tasks table has them
   */
  public static ScoredTasks of(
      Iterable<Objective.Term> terms, SortedMap<String, SortedMap<String, ExampleValues>> weights) {
    ScoredTasks scored = new ScoredTasks();
    for (Objective.Term term : terms) {
      String measure = term.measure().name();
      scored.tasks.put(term.task(), new Scored(measure, weights.get(term.task()).get(measure)));
    }
    return scored;
  }

  /** Their ids. */
  public Set<String> ids() {
    return tasks.keySet();
  }

  /** How many examples a task has. */
  public int examples(String task) {
    return tasks.get(task).weights().size();
  }

  /** How many examples each task has. */
  public SortedMap<String, Integer> examples() {
    SortedMap<String, Integer> examples = new TreeMap<>();
    tasks.forEach((task, scored) -> examples.put(task, scored.weights().size()));
    return examples;
  }

  /** Whether a row is of a task and measure that counts. */
  public boolean counts(EvaluationRow row) {
    Scored scored = tasks.get(row.task());
    return scored != null && scored.measure().equals(row.measure());
  }

  /** The scores of a task's first examples, with their weights. */
  public ExampleScores scores(String task, double... first) {
    double[] weights = tasks.get(task).weights().toArray();
    return new ExampleScores(first, Arrays.copyOf(weights, first.length));
  }

  /** Whether these are the scores of every example of every task. */
  public boolean areAll(SortedMap<String, ExampleScores> scores) {
    return tasks.entrySet().stream()
        .allMatch(
            task ->
                scores.containsKey(task.getKey())
                    && scores.get(task.getKey()).size() == task.getValue().weights().size());
  }
}
