package org.mergetomix.evaluation;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.data.RowCounts;
import org.mergetomix.folder.Digests;
import org.mergetomix.problem.UserException;

/**
 * A share of rows that is held out: of a task's, those that take no part in choosing the winner,
 * and judge it; of a dataset's, those that are not trained on. Which ones follows from the seed and
 * the data alone; rows of one meaning are on one side.
 *
 * @param share above 0 and below 1
 * @param seed what they are drawn from
 */
public record Holdout(double share, long seed) implements Serializable {

  /** The seed where none is said. */
  public static final long SEED = 1;

  /**
   * The rows of a side, in the order of the data. Each side has at least one.
   *
   * @param all all rows, in the order of the data
   * @param digest of the data
   * @param where where the data lies, for a message
   * @throws UserException if no two rows differ
   */
  <T> List<Placed<T>> rows(List<Placed<T>> all, TaskSplit side, String digest, String where) {
    Map<T, Integer> copies = new LinkedHashMap<>();
    Map<T, String> draws = new LinkedHashMap<>();
    for (int number = 0; number < all.size(); number++) {
      T meaning = all.get(number).meaning();
      copies.merge(meaning, 1, Integer::sum);
      draws.putIfAbsent(
          meaning, Digests.sha256(digest, String.valueOf(seed), String.valueOf(number)));
    }
    requireTwo(copies.size(), where);
    List<T> drawn =
        copies.keySet().stream().sorted(Comparator.<T, String>comparing(draws::get)).toList();
    long wanted = Math.max(1, Math.round(share * all.size()));
    Set<T> held = new HashSet<>();
    long count = 0;
    for (T meaning : drawn.subList(0, drawn.size() - 1)) {
      if (count < wanted) {
        held.add(meaning);
        count += copies.get(meaning);
      }
    }
    Predicate<Placed<T>> isHeld = row -> held.contains(row.meaning());
    return all.stream().filter(side == TaskSplit.CONFIRM ? isHeld : isHeld.negate()).toList();
  }

  /**
   * Makes sure that rows can be divided.
   *
   * @param where where they lie
   * @throws UserException if no two differ
   */
  public static void require(RowCounts counts, String where) {
    requireTwo(counts.kept() - counts.doubled(), where);
  }

  private static void requireTwo(long different, String where) {
    if (different < 2) {
      throw UserException.input(
          "Of rows that are all the same none can be held out",
          where,
          "Give more rows, name others as the task's confirm, or set training.held-out to 0");
    }
  }

  /** What a task's key says of it. */
  public String identity() {
    return "holdout=%s seed=%s".formatted(share, seed);
  }
}
