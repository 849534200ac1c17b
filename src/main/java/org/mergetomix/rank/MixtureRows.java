package org.mergetomix.rank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.RowStatus;

/**
 * The rows of one mixture, put together: whoever wrote them, however its examples were split, and
 * even if a row is there twice. Totals are taken from the scores of the examples in their order, so
 * they are the same to the last bit however those came. Used by one thread.
 */
public final class MixtureRows {

  private static final Comparator<EvaluationRow> SCORED_FIRST =
      Comparator.comparing(EvaluationRow::status)
          .thenComparing(EvaluationRow::range)
          .thenComparing(EvaluationRow::device)
          .thenComparing(EvaluationRow::strategy)
          .thenComparing(EvaluationRow::number);

  private final ScoredTasks tasks;
  private final List<EvaluationRow> rows = new ArrayList<>();

  /** No rows yet of a mixture. */
  public MixtureRows(ScoredTasks tasks) {
    this.tasks = tasks;
  }

  /** Takes a row; one of a measure that does not count is passed over. */
  public MixtureRows add(EvaluationRow row) {
    if (tasks.counts(row)) {
      rows.add(row);
    }
    return this;
  }

  /**
   * The scores of each task on its first examples, as many as there are rows of without a gap; a
   * task without any is not there.
   */
  public SortedMap<String, ExampleScores> scores() {
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    for (String task : tasks.ids()) {
      double[] found = joined(task);
      if (found.length > 0) {
        scores.put(task, tasks.scores(task, found));
      }
    }
    return scores;
  }

  /** Whether there is a score of every example of every task. */
  public boolean isComplete() {
    return tasks.areAll(scores());
  }

  /** Whether there is a score of some examples of every task, from the first on. */
  public boolean isBegun() {
    return scores().keySet().containsAll(tasks.ids());
  }

  /**
   * Why there are no more {@link #scores()}, of the first row that says so of the examples that
   * follow; empty where none does. An error on examples that have been scored since tells nothing.
   */
  public String error() {
    SortedMap<String, ExampleScores> scores = scores();
    return rows.stream()
        .filter(row -> row.status() == RowStatus.FAILED)
        .filter(
            row ->
                row.range().from()
                    == Optional.ofNullable(scores.get(row.task()))
                        .map(ExampleScores::size)
                        .orElse(0))
        .map(EvaluationRow::error)
        .findFirst()
        .orElse("");
  }

  /** The rows. */
  public List<EvaluationRow> rows() {
    return List.copyOf(rows);
  }

  private double[] joined(String task) {
    List<EvaluationRow> ordered =
        rows.stream()
            .filter(row -> row.task().equals(task) && row.status() == RowStatus.OK)
            .sorted(SCORED_FIRST)
            .toList();
    double[] joined = new double[tasks.examples(task)];
    int end = 0;
    for (EvaluationRow row : ordered) {
      if (row.range().from() <= end && row.range().to() > end) {
        ExampleValues values = row.scores();
        int skipped = end - row.range().from();
        System.arraycopy(values.toArray(), skipped, joined, end, values.size() - skipped);
        end = row.range().to();
      }
    }
    return Arrays.copyOf(joined, end);
  }
}
