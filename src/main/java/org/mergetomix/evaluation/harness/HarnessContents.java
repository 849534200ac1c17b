package org.mergetomix.evaluation.harness;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;

/**
 * What a task of lm-eval is, as a worker told it.
 *
 * @param version the versions of lm-eval and of the task
 * @param digest of its settings, code and examples
 * @param examples how many it has
 * @param measures those that score each example
 * @param weights what its examples count in a measure, by its name; of one that is not there, each
 *     counts as one
 * @param refused why the other measures do not score each example, by their names
 */
public record HarnessContents(
    String version,
    String digest,
    int examples,
    List<Measure> measures,
    SortedMap<String, ExampleValues> weights,
    SortedMap<String, String> refused)
    implements Serializable {

  public HarnessContents {
    measures = List.copyOf(measures);
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
  }

  /** The measure of a name, if there is one. */
  public Optional<Measure> measure(String name) {
    return measures.stream().filter(measure -> measure.name().equals(name)).findFirst();
  }
}
