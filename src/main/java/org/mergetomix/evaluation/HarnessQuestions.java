package org.mergetomix.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.mergetomix.evaluation.harness.HarnessContents;
import org.mergetomix.evaluation.harness.HarnessTask;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.score.ExampleValues;
import org.mergetomix.score.Measure;

/**
 * What a task of lm-eval asks, which only lm-eval knows: it makes the scores too.
 *
 * @param task what it is asked for
 * @param contents what it is
 * @param context how many tokens the model sees at once; empty where the model's folder says it
 * @param documents the numbers of the examples in lm-eval, in the task's order here
 */
public record HarnessQuestions(
    HarnessTask task, HarnessContents contents, OptionalInt context, List<Integer> documents)
    implements TaskQuestions {

  public HarnessQuestions {
    documents = List.copyOf(documents);
  }

  /**
   * The numbers of some of a task's examples, drawn from its contents and a seed. Ranges that do
   * not overlap have none in common.
   *
   * @param drawn places in the order that is drawn
   */
  public static List<Integer> drawn(HarnessContents contents, int seed, ExampleRange drawn) {
    return ExampleOrder.of(
            IntStream.range(0, contents.examples()).boxed().toList(),
            contents.digest() + " " + seed)
        .subList(drawn.from(), drawn.to());
  }

  @Override
  public List<TaskExample> examples() {
    List<TaskExample> examples = new ArrayList<>();
    for (int document : documents) {
      SortedMap<String, Double> weights = new TreeMap<>();
      for (Measure measure : contents.measures()) {
        ExampleValues known = contents.weights().get(measure.name());
        weights.put(measure.name(), known == null ? 1.0 : known.at(document));
      }
      SortedMap<String, String> columns = new TreeMap<>();
      columns.put("document", Integer.toString(document));
      examples.add(new TaskExample(examples.size(), weights, columns));
    }
    return List.copyOf(examples);
  }

  @Override
  public int size() {
    return documents.size();
  }
}
