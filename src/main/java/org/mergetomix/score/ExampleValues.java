package org.mergetomix.score;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** A number for each of some examples, in order. Immutable, so safe to share between threads. */
public final class ExampleValues implements Serializable {

  private static final long serialVersionUID = 1L;

  /** No values. */
  public static final ExampleValues NONE = new ExampleValues();

  private final double[] values;

  /** Copies the values. */
  public ExampleValues(double... values) {
    this.values = values.clone();
  }

  /** How many there are. */
  public int size() {
    return values.length;
  }

  /** A copy of them. */
  public double[] toArray() {
    return values.clone();
  }

  /** The value at a place, from 0. */
  public double at(int place) {
    return values[place];
  }

  /** Whether every one is a number, neither NaN nor infinite. */
  public boolean finite() {
    return DoubleStream.of(values).allMatch(Double::isFinite);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExampleValues that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return size() + " values";
  }
}
