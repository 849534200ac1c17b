package org.mergetomix.score;

import java.io.Serializable;

/**
 * What a task scores: the field's name for it, and how the scores of examples add up.
 *
 * @param name as it is known elsewhere: {@code bits_per_byte}, {@code acc}, {@code exact_match}
 * @param unit what a score is measured in, for people: {@code bits per byte}
 * @param direction which way it improves
 * @param aggregate how examples add up to the score of a task
 */
public record Measure(String name, String unit, Direction direction, Aggregate aggregate)
    implements Serializable {

  /** How the scores of examples become the score of a task. */
  public enum Aggregate {
    /** Their weighted mean. */
    MEAN,
    /** The exponential of their weighted mean, as of a perplexity. */
    EXP_OF_MEAN
  }
}
