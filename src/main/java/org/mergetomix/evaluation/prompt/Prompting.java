package org.mergetomix.evaluation.prompt;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How questions are put before a model.
 *
 * @param layout as what
 * @param shots worked examples before each
 */
public record Prompting(Layout layout, Shots shots) implements Serializable {

  /** As a text, without examples. */
  public static final Prompting UNSAID = new Prompting(Layout.TEXT, Shots.NONE);

  /** As what a question is put before a model. */
  public enum Layout {
    /** Question and answers follow each other. */
    TEXT,
    /** The model's chat template renders them; every example is a turn of its own. */
    CONVERSATION
  }

  /** What a manifest says of it, by key; nothing of what is as {@link #UNSAID} has it. */
  public SortedMap<String, Object> settings() {
    SortedMap<String, Object> settings = new TreeMap<>();
    if (layout != UNSAID.layout()) {
      settings.put("layout", layout);
    }
    if (shots.count() > 0) {
      settings.put("shots", shots.count());
      settings.put("shots-taken", shots.taken());
      settings.put("shots-seed", shots.seed());
    }
    return settings;
  }

  /**
   * What stands before the model for each question.
   *
   * @param turns the questions, in the order of the data
   * @param where where the data lies, for a message
   * @throws org.mergetomix.problem.UserException if there are too few for the examples
   */
  public List<Prompt> prompts(List<Turn> turns, String where) {
    return prompts(turns, shots.before(turns, where));
  }

  /**
   * The same with examples of other data.
   *
   * @param pool the other data, in its order
   * @param where where that lies, for a message
   * @throws org.mergetomix.problem.UserException if there are too few of them
   */
  public List<Prompt> prompts(List<Turn> turns, List<Turn> pool, String where) {
    return prompts(turns, shots.before(turns.size(), pool, where));
  }

  private static List<Prompt> prompts(List<Turn> turns, List<List<Turn>> before) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      prompts.add(new Prompt(before.get(i), turns.get(i).asked()));
    }
    return List.copyOf(prompts);
  }
}
