package org.mergetomix.evaluation.harness;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A task of lm-eval, as it is asked for.
 *
 * @param task its name there, or the path of a YAML file on every executor's host
 * @param options what a manifest says of how lm-eval puts it before a model, by key: texts and
 *     whole numbers
 */
public record HarnessTask(String task, SortedMap<String, Object> options) implements Serializable {

  /** What a manifest calls such tasks. */
  public static final String KIND = "lm-eval";

  /** What the name of a file ends with. */
  public static final String FILE = ".yaml";

  /** As what lm-eval puts questions and worked examples before a model. */
  public enum Layout {
    /** As a text. */
    TEXT,
    /** The model's chat template renders them; every example is a turn of its own. */
    CONVERSATION,
    /** The model's chat template renders them; all examples are in the user's one turn. */
    ONE_TURN
  }

  public HarnessTask {
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** Whether it is a file of the user's own. */
  public boolean isFile() {
    return task.endsWith(FILE);
  }
}
