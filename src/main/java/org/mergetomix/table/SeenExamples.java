package org.mergetomix.table;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many examples the ranked mixtures saw: all of them as many, unless they raced.
 *
 * @param mixtures how many mixtures saw so many examples, by how many these are
 */
public record SeenExamples(SortedMap<Long, Long> mixtures) {

  public SeenExamples {
    mixtures = Collections.unmodifiableSortedMap(new TreeMap<>(mixtures));
  }

  /** Whether some mixtures were left out before they saw every example. */
  public boolean raced() {
    return mixtures.size() > 1;
  }

  /** How many mixtures there are. */
  public long total() {
    return mixtures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many saw every example; 0 where there are none. */
  public long whole() {
    return mixtures.isEmpty() ? 0 : mixtures.get(mixtures.lastKey());
  }

  /** How much of what all mixtures would see on every example they saw, from 0 to 1. */
  public double share() {
    double seen = 0;
    for (Map.Entry<Long, Long> one : mixtures.entrySet()) {
      seen += (double) one.getKey() * one.getValue();
    }
    return mixtures.isEmpty() ? 1 : seen / ((double) total() * mixtures.lastKey());
  }
}
