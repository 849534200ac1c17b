package org.mergetomix.evaluation;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.mergetomix.data.DataCheck;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.RowColumns;
import org.mergetomix.score.Measure;

/**
 * A kind of task: what it asks of a model, and how the answers become scores. It knows no engine:
 * one that can say how likely tokens are can answer it. Immutable, so safe for use by several
 * threads.
 */
public interface TaskKind extends Serializable {

  /** What a manifest calls it. */
  String name();

  /**
   * What a manifest says of it, by key; what it leaves out has its default. Values are texts, whole
   * numbers, constants, and lists of these.
   */
  SortedMap<String, Object> settings();

  /** How many tokens it asks a model to write, at most; none where it asks for likelihoods. */
  OptionalInt written();

  /** Part of every evaluation's key: raised whenever scores, examples or their order change. */
  String version();

  /** What it measures, the one that ranks first. */
  List<Measure> measures();

  /**
   * The examples in the task's order, which is drawn from the data alone.
   *
   * @throws org.mergetomix.problem.UserException if the data is missing or broken
   */
  List<TaskExample> examples(TaskData data);

  /**
   * Reads all data without a model.
   *
   * @param columns what the columns of rows are called, as far as this kind leaves that open
   * @return what it found
   * @throws org.mergetomix.problem.UserException as {@link #examples}
   */
  DataCheck check(List<DataFile> files, RowColumns columns);

  /**
   * The same with worked examples of other data, which a kind without any has not.
   *
   * @param shots what they are taken from; empty for the data itself
   */
  default DataCheck check(List<DataFile> files, List<DataFile> shots, RowColumns columns) {
    return check(files, columns);
  }

  /**
   * Makes sure that the rows of a part of the data are enough for the worked examples before each,
   * of which a kind without any needs none. No tokenizer is opened.
   *
   * @throws org.mergetomix.problem.UserException if they are not
   */
  default void requireShots(TaskData data) {}

  /**
   * What a model is asked.
   *
   * @throws org.mergetomix.problem.UserException as {@link #examples}
   */
  TaskQuestions questions(TaskData data);
}
