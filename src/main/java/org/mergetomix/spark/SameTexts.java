package org.mergetomix.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.mergetomix.problem.Problem;

/**
 * What to say when several tasks have the same text: errors of tasks are taken as independent, and
 * those of such tasks are one and the same.
 */
final class SameTexts {

  private SameTexts() {}

  /**
   * A warning for every text that several tasks share.
   *
   * @param digests of the text of every task, by its id
   */
  static List<Problem> warnings(SortedMap<String, String> digests) {
    Map<String, List<String>> tasks =
        digests.keySet().stream()
            .collect(Collectors.groupingBy(digests::get, LinkedHashMap::new, Collectors.toList()));
    return tasks.values().stream()
        .filter(sharing -> sharing.size() > 1)
        .map(
            sharing ->
                new Problem(
                    "The tasks "
                        + String.join(", ", sharing)
                        + " have the same text, so they err together: the errors of scores over all"
                        + " tasks are shown too small",
                    "",
                    "Leave one of them, or give each a text of its own"))
        .toList();
  }
}
