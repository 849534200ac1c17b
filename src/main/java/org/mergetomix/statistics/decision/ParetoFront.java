package org.mergetomix.statistics.decision;

import java.io.Serializable;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mixtures that no other one beats: none is as good on every task and better on one. Found
 * while a table is read; it does not depend on the order of rows or of merges. Not safe for use by
 * several threads at once.
 */
public final class ParetoFront implements Serializable {

  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, Member> members = new LinkedHashMap<>();

  /** A mixture on it. */
  private record Member(List<Double> gains, double score) implements Serializable {}

  /** Begins with no mixture. */
  public ParetoFront() {}

  /**
   * Takes a mixture into account.
   *
   * @param mixture its id
   * @param gains a number a task, higher is better; one with NaN is left out
   * @param score what all tasks come to, looked at only to choose among those on the front
   */
  public void feed(String mixture, List<Double> gains, double score) {
    if (gains.stream().anyMatch(gain -> Double.isNaN(gain))
        || members.values().stream().anyMatch(member -> beats(member.gains(), gains))) {
      return;
    }
    members.values().removeIf(member -> beats(gains, member.gains()));
    members.put(mixture, new Member(List.copyOf(gains), score));
  }

  /** Takes everything into account that {@code other} was fed; this one is returned. */
  public ParetoFront merge(ParetoFront other) {
    other.members.forEach((mixture, member) -> feed(mixture, member.gains(), member.score()));
    return this;
  }

  /** The mixtures on the front, ascending by their ids. */
  public List<String> mixtures() {
    return members.keySet().stream().sorted(Comparator.naturalOrder()).toList();
  }

  /** Some of them, those first whose score is best; of equal ones that with the lower id. */
  public List<String> best(int count, Comparator<Double> bestFirst) {
    return members.entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<String, Member> one) -> one.getValue().score(), bestFirst)
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(count)
        .map(Map.Entry::getKey)
        .toList();
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
