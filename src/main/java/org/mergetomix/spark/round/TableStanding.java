package org.mergetomix.spark.round;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.rank.MixtureRows;
import org.mergetomix.rank.ScoredTasks;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.search.Answer;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.search.Standing;
import org.mergetomix.table.EvaluationRow;
import org.mergetomix.table.EvaluationsTable;
import org.mergetomix.table.RowStatus;

/**
 * What a strategy knows, read from the evaluations table: the rows that were there when it began,
 * then those of its own rounds, whoever wrote them, on the examples that the round asked for. Where
 * a row of its own says that a mixture failed, that holds, even if the mixture has been evaluated
 * since: otherwise proposals would depend on when a search was killed. What was read once is kept,
 * which is what a strategy has to know anyway. Used by one thread.
 */
public final class TableStanding implements Standing {

  private final EvaluationsTable table;
  private final List<String> began;
  private final SearchStrategy strategy;
  private final ScoredTasks tasks;
  private final List<Round> rounds = new ArrayList<>();
  private final Map<Integer, List<Answer>> read = new HashMap<>();

  /**
   * The standing at the beginning of a strategy.
   *
   * @param began the names of the evaluations that were there when it began
   * @param tasks the tasks whose scores count
   */
  public TableStanding(
      EvaluationsTable table, List<String> began, SearchStrategy strategy, ScoredTasks tasks) {
    this.table = table;
    this.began = List.copyOf(began);
    this.strategy = strategy;
    this.tasks = tasks;
  }

  /** One more round is answered. */
  void answered(Round round) {
    rounds.add(round);
  }

  @Override
  public int rounds() {
    return rounds.size();
  }

  @Override
  public List<Answer> before() {
    SearchStrategy asking = strategy;
    return read.computeIfAbsent(
        0,
        none ->
            answers(
                table.read().among(began).rows().filter(row -> asking.considers(row.mixture())),
                100));
  }

  @Override
  public List<Answer> of(int number) {
    Round round = rounds.get(number - 1);
    return read.computeIfAbsent(
        number,
        unread ->
            answers(
                table
                    .read()
                    .rows()
                    .filter(row -> round.candidates().holds(round.space().indexOf(row.mixture()))),
                round.percent()));
  }

  private List<Answer> answers(JavaRDD<EvaluationRow> rows, int percent) {
    ScoredTasks counted = tasks;
    SortedMap<String, List<EvaluationRow>> byMixture = new TreeMap<>();
    rows.filter(row -> counted.counts(row) && row.range().from() < asked(counted, row, percent))
        .collect()
        .forEach(
            row -> byMixture.computeIfAbsent(row.mixture().id(), id -> new ArrayList<>()).add(row));
    return byMixture.values().stream().map(found -> answer(found, percent)).toList();
  }

  private Answer answer(List<EvaluationRow> found, int percent) {
    Mixture mixture = found.get(0).mixture();
    boolean failed =
        found.stream()
            .anyMatch(
                row -> row.status() == RowStatus.FAILED && row.strategy().equals(strategy.id()));
    SortedMap<String, ExampleScores> scores = new TreeMap<>();
    if (!failed) {
      MixtureRows rows = new MixtureRows(tasks);
      found.forEach(rows::add);
      rows.scores()
          .forEach(
              (task, all) ->
                  scores.put(task, all.first(Blocks.upTo(tasks.examples(task), percent).to())));
    }
    return new Answer(mixture, scores);
  }

  private static int asked(ScoredTasks tasks, EvaluationRow row, int percent) {
    return Blocks.upTo(tasks.examples(row.task()), percent).to();
  }
}
