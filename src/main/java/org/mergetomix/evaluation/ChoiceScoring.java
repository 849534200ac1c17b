package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.DoubleStream;
import org.mergetomix.data.Question;

/**
 * Scores of questions, each of whose windows asks for another choice. Of choices that are equally
 * likely the first counts, as in lm-eval.
 *
 * @param questions in the task's order
 */
record ChoiceScoring(List<Question> questions) implements Scoring {

  @Override
  public SortedMap<String, double[]> scores(
      List<TaskExample> examples, List<TokenWindow> windows, double[] nats) {
    SortedMap<String, double[]> scores = new TreeMap<>();
    int window = 0;
    for (int i = 0; i < examples.size(); i++) {
      Question question = questions.get(examples.get(i).place());
      double[] likelihoods = new double[question.choices().size()];
      for (int choice = 0; choice < likelihoods.length; choice++) {
        likelihoods[choice] = -nats[window++];
      }
      SortedMap<String, Double> ofExample = scores(question, likelihoods);
      for (String measure : ofExample.keySet()) {
        scores.computeIfAbsent(measure, none -> new double[examples.size()])[i] =
            ofExample.get(measure);
      }
    }
    return scores;
  }

  private static SortedMap<String, Double> scores(Question question, double[] likelihoods) {
    SortedMap<String, Double> scores = new TreeMap<>();
    scores.put(MultipleChoice.ACC.name(), right(question, likelihoods, choice -> 1));
    scores.put(
        MultipleChoice.ACC_NORM.name(),
        right(question, likelihoods, choice -> choice.codePointCount(0, choice.length())));
    scores.put(
        MultipleChoice.ACC_BYTES.name(),
        right(question, likelihoods, choice -> choice.getBytes(StandardCharsets.UTF_8).length));
    scores.put(MultipleChoice.MARGIN.name(), margin(question.answer(), likelihoods));
    return scores;
  }

  private static double right(
      Question question, double[] likelihoods, ToIntFunction<String> length) {
    if (DoubleStream.of(likelihoods).anyMatch(Double::isNaN)) {
      return Double.NaN;
    }
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int choice = 0; choice < likelihoods.length; choice++) {
      double normed = likelihoods[choice] / length.applyAsInt(question.choices().get(choice));
      if (normed > highest) {
        highest = normed;
        best = choice;
      }
    }
    return best == question.answer() ? 1 : 0;
  }

  /** The logarithm of the right choice's likelihood over the sum of the others'. */
  private static double margin(int answer, double[] likelihoods) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int choice = 0; choice < likelihoods.length; choice++) {
      highest = choice == answer ? highest : Math.max(highest, likelihoods[choice]);
    }
    double sum = 0;
    for (int choice = 0; choice < likelihoods.length; choice++) {
      sum += choice == answer ? 0 : Math.exp(likelihoods[choice] - highest);
    }
    return likelihoods[answer] - highest - Math.log(sum);
  }
}
