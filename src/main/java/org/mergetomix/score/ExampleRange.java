package org.mergetomix.score;

import java.io.Serializable;

/**
 * Some examples of a task: those at the places {@code from} to {@code to - 1} of the task's order.
 *
 * @param from the first place, 0 or more
 * @param to one after the last place, more than {@code from}
 */
public record ExampleRange(int from, int to) implements Serializable, Comparable<ExampleRange> {

  /**
   * @throws IllegalArgumentException when there is no example in it
   */
  public ExampleRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("There are no examples from " + from + " to " + to);
    }
  }

  /** All of so many examples. */
  public static ExampleRange all(int examples) {
    return new ExampleRange(0, examples);
  }

  /** How many examples it has. */
  public int size() {
    return to - from;
  }

  @Override
  public int compareTo(ExampleRange other) {
    return from == other.from ? Integer.compare(to, other.to) : Integer.compare(from, other.from);
  }
}
