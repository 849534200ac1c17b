package org.mergetomix.problem;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps a list of problems short enough to be read: a wrong prefix makes one for every tensor of a
 * model. Problems of one kind are those that are mended in one way.
 */
final class ManyProblems {

  /** So many problems of a kind are told. */
  private static final int TOLD = 20;

  private ManyProblems() {}

  /** The same problems in the same order, with a count in the place of the later ones of a kind. */
  static List<Problem> shortened(List<Problem> problems) {
    Map<String, Integer> all = new HashMap<>();
    problems.forEach(problem -> all.merge(kind(problem), 1, Integer::sum));
    Map<String, Integer> seen = new HashMap<>();
    List<Problem> told = new ArrayList<>();
    for (Problem problem : problems) {
      int number = seen.merge(kind(problem), 1, Integer::sum);
      int more = all.get(kind(problem)) - TOLD;
      if (number <= TOLD) {
        told.add(problem);
      }
      if (number == TOLD && more > 0) {
        told.add(new Problem("There are %s more of this kind".formatted(more), "", ""));
      }
    }
    return told;
  }

  /** Where no remedy is given, every problem is of its own kind. */
  private static String kind(Problem problem) {
    return problem.remedy().isEmpty() ? problem.message() : problem.remedy();
  }
}
