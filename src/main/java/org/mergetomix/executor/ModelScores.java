package org.mergetomix.executor;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
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

  /**
   * The mean of several models on each example, as of one recipe trained with several seeds.
   *
   * @param models one or more, scored on the same tasks
   */
  public static ModelScores mean(List<ModelScores> models) {
    return models.size() == 1
        ? models.get(0)
        : new ModelScores(
            mean(models, ModelScores::search),
            mean(models, ModelScores::confirm),
            models.stream().flatMap(model -> model.problems().stream()).distinct().toList());
  }

  private static SortedMap<String, ExampleScores> mean(
      List<ModelScores> models, Function<ModelScores, SortedMap<String, ExampleScores>> examples) {
    SortedMap<String, ExampleScores> means = new TreeMap<>();
    for (String task : examples.apply(models.get(0)).keySet()) {
      means.put(
          task,
          ExampleScores.mean(
              models.stream().map(model -> examples.apply(model).get(task)).toList()));
    }
    return means;
  }
}
