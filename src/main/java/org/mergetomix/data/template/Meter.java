package org.mergetomix.data.template;

import java.util.List;
import org.mergetomix.data.template.syntax.Fault;

/**
 * Counts what one rendering does, so that no template runs long or takes much memory, whatever it
 * says. The limits are counts and not times: the same template always ends in the same way.
 */
final class Meter {

  /** Some tenths of a second; a conversation of thousands of messages takes less. */
  private static final int MAX_STEPS = 2_000_000;

  /** Of one text, in UTF-16 units. */
  private static final int MAX_TEXT = 4_000_000;

  private static final int MAX_ELEMENTS = 100_000;

  /** Of expressions, blocks and macros within each other, and of values within each other. */
  private static final int MAX_DEPTH = 250;

  /** Text that is as much work as a step. */
  private static final int TEXT_PER_STEP = 16;

  private int steps;
  private int depth;

  void step() {
    steps(1);
  }

  void steps(long count) {
    if (count > MAX_STEPS - steps) {
      throw new Fault("The template takes more than " + MAX_STEPS + " steps");
    }
    steps += (int) count;
  }

  /** Has to be called before a text of this length is made or gone through. */
  void text(long length) {
    growth(length, length);
  }

  /** Has to be called before {@code more} is added to a text, which is {@code total} long then. */
  void growth(long total, long more) {
    if (total > MAX_TEXT) {
      throw new Fault("A text becomes longer than " + MAX_TEXT);
    }
    steps(1 + more / TEXT_PER_STEP);
  }

  /** Has to be called before a sequence or mapping of this size is made or gone through. */
  void elements(long count) {
    if (count > MAX_ELEMENTS) {
      throw new Fault("A list becomes longer than " + MAX_ELEMENTS);
    }
    steps(1 + count);
  }

  /** Has to be called while a list grows whose size was not known before. */
  static void requireFew(List<?> growing) {
    if (growing.size() > MAX_ELEMENTS) {
      throw new Fault("A list becomes longer than " + MAX_ELEMENTS);
    }
  }

  void enter() {
    depth++;
    if (depth > MAX_DEPTH) {
      throw new Fault("The template goes more than " + MAX_DEPTH + " deep");
    }
    step();
  }

  void leave() {
    depth--;
  }
}
