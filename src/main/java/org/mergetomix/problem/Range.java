package org.mergetomix.problem;

import java.math.BigDecimal;
import java.util.function.DoublePredicate;

/** Which numbers a key may hold. Immutable. */
public final class Range {

  /** Every number. */
  public static final Range ANY = new Range("a number", value -> true);

  private final String words;
  private final DoublePredicate allowed;

  private Range(String words, DoublePredicate allowed) {
    this.words = words;
    this.allowed = allowed;
  }

  /** {@code low} and everything above. */
  public static Range atLeast(double low) {
    return new Range("at least " + plain(low), value -> value >= low);
  }

  /** Everything above {@code low}, which is not allowed itself. */
  public static Range above(double low) {
    return new Range("above " + plain(low), value -> value > low);
  }

  /** Everything from {@code low} to {@code high}, both allowed. */
  public static Range from(double low, double high) {
    return new Range(
        "from " + plain(low) + " to " + plain(high), value -> value >= low && value <= high);
  }

  /** Everything above {@code low}, which is not allowed itself, to {@code high}, which is. */
  public static Range aboveAndAtMost(double low, double high) {
    return new Range(
        "above " + plain(low) + " and at most " + plain(high),
        value -> value > low && value <= high);
  }

  /** Everything between {@code low} and {@code high}, neither allowed. */
  public static Range between(double low, double high) {
    return new Range(
        "above " + plain(low) + " and below " + plain(high), value -> value > low && value < high);
  }

  /** Whether a number lies within. */
  public boolean allows(double value) {
    return allowed.test(value);
  }

  /** What follows "must be" in a message. */
  public String words() {
    return words;
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
