package org.mergetomix.data;

import java.io.Serializable;
import java.util.List;

/** What an answer is chosen from. */
public sealed interface Choices extends Serializable {

  /**
   * The choices of a row.
   *
   * @throws org.mergetomix.problem.UserException if there are none
   */
  List<String> of(DataRow row);

  /**
   * Every row has its own.
   *
   * @param column the column with a list of texts
   */
  record OfColumn(String column) implements Choices {

    @Override
    public List<String> of(DataRow row) {
      return row.texts(column);
    }
  }

  /**
   * All rows have the same.
   *
   * @param labels two or more, none of them empty, each once
   */
  record Labels(List<String> labels) implements Choices {

    public Labels {
      labels = List.copyOf(labels);
    }

    @Override
    public List<String> of(DataRow row) {
      return labels;
    }
  }
}
