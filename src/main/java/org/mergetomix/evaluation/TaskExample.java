package org.mergetomix.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.RowPlace;
import org.mergetomix.score.Measure;

/**
 * An example of a task, as far as no model is needed for it.
 *
 * @param place its place in the task's order, from 0
 * @param weights what it counts in each measure, by the measure's name; positive and finite
 * @param columns what else is known of it: the line that it stands in, for instance
 */
public record TaskExample(
    int place, SortedMap<String, Double> weights, SortedMap<String, String> columns)
    implements Serializable {

  public TaskExample {
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
  }

  /** Examples that are rows of the data, each of which counts as one. */
  static List<TaskExample> ofRows(
      List<? extends Placed<?>> rows, List<Measure> measures, TaskData data) {
    SortedMap<String, Double> weights = new TreeMap<>();
    measures.forEach(measure -> weights.put(measure.name(), 1.0));
    List<TaskExample> examples = new ArrayList<>();
    for (Placed<?> row : rows) {
      examples.add(
          new TaskExample(
              examples.size(), weights, columns(row.place(), data.text().files().size())));
    }
    return List.copyOf(examples);
  }

  /** What is known of an example that is a row of some files: where it stands. */
  static SortedMap<String, String> columns(RowPlace place, int files) {
    SortedMap<String, String> columns = new TreeMap<>();
    columns.put(place.unitName(), Long.toString(place.number()));
    if (files > 1) {
      columns.put("file", place.file().substring(place.file().lastIndexOf('/') + 1));
    }
    return columns;
  }

  /** What it counts in a measure. */
  public double weight(String measure) {
    return weights.get(measure);
  }
}
