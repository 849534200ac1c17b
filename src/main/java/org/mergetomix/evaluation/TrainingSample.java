package org.mergetomix.evaluation;

import java.io.Serializable;
import java.util.List;
import org.mergetomix.data.RowCounts;

/**
 * The first examples of a dataset as a model is trained on them.
 *
 * @param rows the examples
 * @param counts what became of all rows
 */
public record TrainingSample(List<Row> rows, RowCounts counts) implements Serializable {

  public TrainingSample {
    rows = List.copyOf(rows);
  }

  /**
   * An example.
   *
   * @param place where it stands
   * @param windows the stretches that it is cut into; none where nothing of it is trained on
   */
  public record Row(String place, List<List<Token>> windows) implements Serializable {

    public Row {
      windows = List.copyOf(windows);
    }
  }

  /**
   * A token.
   *
   * @param text what it stands for alone
   * @param part whether it is trained on
   */
  public record Token(String text, Part part) implements Serializable {}

  /** What a token is for. */
  public enum Part {
    /** It is seen. */
    CONTEXT,
    /** It is to be predicted. */
    TRAINED
  }
}
