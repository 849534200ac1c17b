package org.mergetomix.hocon;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses which key a mistyped one was meant to be. */
final class NearestKey {

  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private NearestKey() {}

  /**
   * The known keys closest to an unknown one, in alphabetical order; more than one when equally
   * close, none when all differ in more than a third of the letters.
   */
  static List<String> of(String unknown, Collection<String> known) {
    Map<Integer, List<String>> byDistance = new TreeMap<>();
    for (String candidate : known.stream().sorted().toList()) {
      byDistance.merge(
          distance(unknown, candidate),
          List.of(candidate),
          (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
    }
    int limit = Math.max(1, lastWord(unknown).length() / 3);
    return byDistance.entrySet().stream()
        .limit(1)
        .filter(entry -> entry.getKey() <= limit)
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /** Letters to change, where leaving out the group or writing one too many costs nothing. */
  private static int distance(String unknown, String candidate) {
    if (unknown.endsWith("." + candidate)) {
      return 0;
    }
    return Math.min(
        DISTANCE.apply(unknown, candidate), DISTANCE.apply(unknown, lastWord(candidate)));
  }

  private static String lastWord(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
