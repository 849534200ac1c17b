package org.mergetomix.executor;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import org.mergetomix.problem.Problem;
import org.mergetomix.score.ExampleScores;

/**
 * The scores of one model, by task.
 *
 * @param search on the examples that rank the mixtures
 * @param confirm on the examples that judge the winner; tasks without some are left out
 * @param problems what to say of the tasks whose scores are no numbers
 */
public record ModelScores(
    SortedMap<String, ExampleScores> search,
    SortedMap<String, ExampleScores> confirm,
    List<Problem> problems)
    implements Serializable {

  public ModelScores {
    problems = List.copyOf(problems);
  }
}
