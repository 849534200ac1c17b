package org.mergetomix.evaluation;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.data.DataFile;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.Example;

/**
 * The data of a task, or of a training, and what it is known by.
 *
 * @param text the text, on this host
 * @param digest the sha256 of its bytes, in hex: what the order of its examples is drawn from
 * @param part which of its rows are the task's: none for all, or one
 * @param shots what worked examples are taken from; empty for the data itself
 */
public record TaskData(TextData text, String digest, List<Part> part, List<DataFile> shots)
    implements Serializable {

  public TaskData {
    part = List.copyOf(part);
    shots = List.copyOf(shots);
  }

  /** Data whose rows are all the task's. */
  public TaskData(TextData text, String digest) {
    this(text, digest, List.of(), List.of());
  }

  /** A side of data of which a share is held out. */
  public record Part(Holdout holdout, TaskSplit side) implements Serializable {}

  /**
   * The windows of those rows that a model is trained on.
   *
   * @throws org.mergetomix.problem.UserException if data or tokenizer cannot be used, or the rows
   *     not be divided
   */
  public TextData.TrainingWindows training() {
    return text.training(rows(text.rows()));
  }

  /**
   * These rows themselves, as they are written.
   *
   * @throws org.mergetomix.problem.UserException as {@link #training}
   */
  public List<Example> trained() {
    return rows(text.rows()).stream().map(Placed::meaning).toList();
  }

  /**
   * Those rows that are the task's.
   *
   * @param all all rows, in the order of the data
   * @throws org.mergetomix.problem.UserException if they cannot be divided
   */
  <T> List<Placed<T>> rows(List<Placed<T>> all) {
    return part.stream()
        .map(some -> some.holdout().rows(all, some.side(), digest, text.files().get(0).name()))
        .findFirst()
        .orElse(all);
  }
}
