package org.mergetomix.statistics.decision;

import java.io.Serializable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The mixtures that no other one beats: none is as good on every task and better on one. Found
 * while a table is read; it does not depend on the order of rows or of merges. Not safe for use by
 * several threads at once.
 */
public final class ParetoFront implements Serializable {

  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, List<Double>> members = new LinkedHashMap<>();

  /** Begins with no mixture. */
  public ParetoFront() {}

  /**
   * Takes a mixture into account.
   *
   * @param mixture its id
   * @param gains a number a task, higher is better; one with NaN is left out
   */
  public void feed(String mixture, List<Double> gains) {
    if (gains.stream().anyMatch(gain -> Double.isNaN(gain))
        || members.values().stream().anyMatch(member -> beats(member, gains))) {
      return;
    }
    members.values().removeIf(member -> beats(gains, member));
    members.put(mixture, List.copyOf(gains));
  }

  /** Takes everything into account that {@code other} was fed; this one is returned. */
  public ParetoFront merge(ParetoFront other) {
    other.members.forEach(this::feed);
    return this;
  }

  /** The mixtures on the front, ascending by their ids. */
  public List<String> mixtures() {
    return members.keySet().stream().sorted(Comparator.naturalOrder()).toList();
  }

  private static boolean beats(List<Double> one, List<Double> other) {
    boolean better = false;
    for (int task = 0; task < one.size(); task++) {
      if (one.get(task) < other.get(task)) {
        return false;
      }
      better |= one.get(task) > other.get(task);
    }
    return better;
  }
}
