package org.mergetomix.plan;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.score.ExampleRange;

/**
 * Mixtures of a space that are to be evaluated on the same examples. What is left of a round is a
 * few of these, and what a Spark task does is one.
 *
 * @param mixtures their indices in the space
 * @param examples by task, the examples that are missing, ascending; a task of which nothing is
 *     missing is not there
 */
public record Portion(IndexRanges mixtures, SortedMap<String, List<ExampleRange>> examples)
    implements Serializable {

  public Portion {
    examples = Collections.unmodifiableSortedMap(new TreeMap<>(examples));
  }

  /** The same examples for other mixtures. */
  public Portion of(IndexRanges others) {
    return new Portion(others, examples);
  }
}
