package org.mergetomix.statistics;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.table.RankedRow;

/**
 * What would be chosen without any expert, by a number that is known of each dataset: those with
 * the greatest, as many as the best mixture has, with the weights of the search's subsets.
 *
 * @param baseline what the number is called
 * @param mixture the id of what it chooses
 * @param row where that stands in the ranked table; empty where it has no rank: it was not
 *     evaluated, or failed
 */
public record BaselineChoice(String baseline, String mixture, Optional<RankedRow> row) {

  /**
   * The choice by each number, in the order of their names.
   *
   * @param numbers by dataset and name, the same names for each
   * @param weights those of the search's subsets
   * @param best the ranked table's first rows, the best mixture first; nothing is chosen where
   *     there is none
   * @param ranked the rows of mixtures, in any order; of some there may be none
   */
  public static List<BaselineChoice> of(
      SortedMap<String, SortedMap<String, Double>> numbers,
      SubsetWeights weights,
      List<RankedRow> best,
      Function<Collection<String>, List<RankedRow>> ranked) {
    if (numbers.isEmpty() || best.isEmpty()) {
      return List.of();
    }
    SortedMap<String, String> choices = new TreeMap<>();
    for (String baseline : numbers.get(numbers.firstKey()).keySet()) {
      choices.put(baseline, weights.subset(chosen(numbers, baseline, best.get(0).size())).id());
    }
    Map<String, RankedRow> found = new HashMap<>();
    ranked.apply(new TreeSet<>(choices.values())).stream()
        .filter(row -> row.rank().isPresent())
        .forEach(row -> found.put(row.mixture(), row));
    return choices.entrySet().stream()
        .map(
            choice ->
                new BaselineChoice(
                    choice.getKey(),
                    choice.getValue(),
                    Optional.ofNullable(found.get(choice.getValue()))))
        .toList();
  }

  private static List<String> chosen(
      SortedMap<String, SortedMap<String, Double>> numbers, String baseline, int size) {
    return numbers.keySet().stream()
        .sorted(
            Comparator.comparingDouble((String dataset) -> -numbers.get(dataset).get(baseline))
                .thenComparing(Comparator.naturalOrder()))
        .limit(size)
        .toList();
  }
}
