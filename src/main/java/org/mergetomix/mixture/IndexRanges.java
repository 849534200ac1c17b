package org.mergetomix.mixture;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A set of indices, kept as the fewest ranges that hold it: says what is done, or still to do,
 * after a crash without an entry for each mixture. Immutable, so safe to share between threads.
 */
public final class IndexRanges implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Ascending, none empty, none touching the next. */
  private final List<IndexRange> ranges;

  private IndexRanges(List<IndexRange> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** The indices that any of the ranges holds; they may stand in any order and overlap. */
  public static IndexRanges of(Collection<IndexRange> ranges) {
    List<IndexRange> merged = new ArrayList<>();
    ranges.stream()
        .filter(range -> range.size() > 0)
        .sorted(Comparator.comparingLong(IndexRange::start))
        .forEach(range -> append(merged, range));
    return new IndexRanges(merged);
  }

  /**
   * The indices below {@code size} that are not in this set.
   *
   * @throws IllegalArgumentException when this set holds an index that is not below {@code size}
   */
  public IndexRanges complement(long size) {
    List<IndexRange> gaps = new ArrayList<>();
    long covered = 0;
    for (IndexRange range : ranges) {
      if (range.end() > size) {
        throw new IllegalArgumentException("The range " + range + " goes beyond size " + size);
      }
      if (range.start() > covered) {
        gaps.add(new IndexRange(covered, range.start()));
      }
      covered = range.end();
    }
    if (size > covered) {
      gaps.add(new IndexRange(covered, size));
    }
    return new IndexRanges(gaps);
  }

  /** The indices of this set that are not in another. */
  public IndexRanges without(IndexRanges other) {
    return both(other.complement(Math.max(end(), other.end())));
  }

  /** The indices that are in both sets. */
  public IndexRanges both(IndexRanges other) {
    List<IndexRange> common = new ArrayList<>();
    int mine = 0;
    int theirs = 0;
    while (mine < ranges.size() && theirs < other.ranges.size()) {
      IndexRange one = ranges.get(mine);
      IndexRange two = other.ranges.get(theirs);
      long start = Math.max(one.start(), two.start());
      long end = Math.min(one.end(), two.end());
      if (start < end) {
        common.add(new IndexRange(start, end));
      }
      if (one.end() < two.end()) {
        mine++;
      } else {
        theirs++;
      }
    }
    return new IndexRanges(common);
  }

  private long end() {
    return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).end();
  }

  /** The first {@code count} indices of this set; all of them where there are fewer. */
  public IndexRanges take(long count) {
    List<IndexRange> taken = new ArrayList<>();
    long left = count;
    for (IndexRange range : ranges) {
      if (left <= 0) {
        break;
      }
      taken.add(new IndexRange(range.start(), range.start() + Math.min(left, range.size())));
      left -= range.size();
    }
    return new IndexRanges(taken);
  }

  /**
   * Cuts the set into sets of about as many indices, in order; the last may have fewer.
   *
   * @param size how many indices a piece has, 1 or more
   */
  public List<IndexRanges> split(long size) {
    List<IndexRanges> pieces = new ArrayList<>();
    List<IndexRange> piece = new ArrayList<>();
    long left = size;
    for (IndexRange range : ranges) {
      long start = range.start();
      while (start < range.end()) {
        long end = Math.min(range.end(), start + left);
        piece.add(new IndexRange(start, end));
        left -= end - start;
        start = end;
        if (left == 0) {
          pieces.add(new IndexRanges(piece));
          piece = new ArrayList<>();
          left = size;
        }
      }
    }
    if (!piece.isEmpty()) {
      pieces.add(new IndexRanges(piece));
    }
    return List.copyOf(pieces);
  }

  /** The ranges, ascending, none empty and none touching the next. */
  public List<IndexRange> ranges() {
    return ranges;
  }

  /** Whether an index is in the set; any number may be asked for. */
  public boolean holds(long index) {
    return ranges.stream().anyMatch(range -> range.start() <= index && index < range.end());
  }

  /** How many indices the set holds. */
  public long size() {
    return ranges.stream().mapToLong(IndexRange::size).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndexRanges that && ranges.equals(that.ranges);
  }

  @Override
  public int hashCode() {
    return ranges.hashCode();
  }

  @Override
  public String toString() {
    return ranges.toString();
  }

  /** Adds a range, joined with the last one where it starts inside or right behind that. */
  private static void append(List<IndexRange> ranges, IndexRange range) {
    int last = ranges.size() - 1;
    if (last >= 0
        && ranges.get(last).start() <= range.start()
        && range.start() <= ranges.get(last).end()) {
      IndexRange previous = ranges.get(last);
      ranges.set(last, new IndexRange(previous.start(), Math.max(previous.end(), range.end())));
    } else {
      ranges.add(range);
    }
  }
}
