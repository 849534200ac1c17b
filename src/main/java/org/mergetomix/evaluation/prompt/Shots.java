package org.mergetomix.evaluation.prompt;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.mergetomix.problem.UserException;

/**
 * Worked examples before every question of some data, taken from the same data or from other data,
 * as lm-eval's samplers {@code default} and {@code first_n} do where few-shot split and test split
 * are one or two. Of the same data, the question itself is never among them.
 *
 * @param count how many before each question; 0 for none
 * @param taken which ones
 * @param seed of the random ones; 0 or more
 */
public record Shots(int count, Taken taken, int seed) implements Serializable {

  /** None; where some are asked for, they are random with lm-eval's own seed. */
  public static final Shots NONE = new Shots(0, Taken.RANDOM, 1234);

  /** Which examples are taken. */
  public enum Taken {
    /** Others for every question, which follow from the seed and the order of the data. */
    RANDOM,
    /** The first of the data. */
    FIRST
  }

  /**
   * The examples before each question.
   *
   * @param turns the questions, in the order of the data
   * @param where where the data lies, for a message
   * @throws UserException if there are too few
   */
  List<List<Turn>> before(List<Turn> turns, String where) {
    if (count == 0) {
      return Collections.nCopies(turns.size(), List.of());
    }
    if (turns.size() <= count) {
      throw tooFew(turns.size(), where);
    }
    PythonRandom random = new PythonRandom(seed);
    List<List<Turn>> shots = new ArrayList<>();
    for (Turn turn : turns) {
      List<Turn> others =
          switch (taken) {
            case FIRST -> others(turns, turn);
            case RANDOM -> drawn(random, turns, turn);
          };
      if (others.size() < count) {
        throw tooFew(1 + others.size(), where);
      }
      shots.add(others);
    }
    return List.copyOf(shots);
  }

  /**
   * The examples before each of some questions, taken from other data.
   *
   * @param pool the other data, in its order
   * @param where where that lies, for a message
   * @throws UserException if there are too few
   */
  List<List<Turn>> before(int questions, List<Turn> pool, String where) {
    if (pool.size() < count) {
      throw tooFew(pool.size(), where);
    }
    PythonRandom random = new PythonRandom(seed);
    List<List<Turn>> shots = new ArrayList<>();
    for (int question = 0; question < questions; question++) {
      shots.add(
          switch (taken) {
            case FIRST -> pool.subList(0, count);
            case RANDOM -> random.sample(pool, count);
          });
    }
    return List.copyOf(shots);
  }

  /** One more than needed is drawn, because the question may be among them. */
  private List<Turn> drawn(PythonRandom random, List<Turn> turns, Turn turn) {
    List<Turn> others = others(random.sample(turns, count + 1), turn);
    if (others.size() == count) {
      return others;
    }
    List<Turn> all = turns.stream().filter(each -> !each.equals(turn)).toList();
    return all.size() < count ? all : random.sample(all, count);
  }

  private List<Turn> others(List<Turn> turns, Turn turn) {
    return turns.stream().filter(each -> !each.equals(turn)).limit(count).toList();
  }

  private UserException tooFew(int different, String where) {
    return UserException.input(
        "There are %s different questions, too few for %s worked examples before each"
            .formatted(different, count),
        where,
        "Lower shots of the task");
  }
}
