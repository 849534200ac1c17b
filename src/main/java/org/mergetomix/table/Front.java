package org.mergetomix.table;

import java.util.List;

/**
 * The Pareto front over the tasks of a ranked table.
 *
 * @param members how many mixtures are on it; 0 where there is one task
 * @param tied how many more are tied with it
 * @param rows mixtures of the table, those on the front first, then those tied with it, each by
 *     rank; as many as were asked for
 */
public record Front(long members, long tied, List<RankedRow> rows) {

  public Front {
    rows = List.copyOf(rows);
  }

  /** Those of the rows that are on it. */
  public List<RankedRow> best() {
    return rows.stream().filter(row -> row.front() == FrontPlace.FRONT).toList();
  }
}
