package org.mergetomix.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.DoubleStream;
import org.mergetomix.data.Question;
import org.mergetomix.score.Measure;

/**
 * Scores of questions, each of whose windows asks for another choice. Of choices that are equally
 * likely the first counts, as in lm-eval.
 *
 * @param questions in the task's order
 * @param measures what is scored
 */
record ChoiceScoring(List<Question> questions, List<Measure> measures) implements Scoring {

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

  private SortedMap<String, Double> scores(Question question, double[] likelihoods) {
    SortedMap<String, Double> scores = new TreeMap<>();
    for (Measure measure : measures) {
      scores.put(measure.name(), score(measure, question, likelihoods));
    }
    return scores;
  }

  private static double score(Measure measure, Question question, double[] likelihoods) {
    if (measure.equals(MultipleChoice.ACC)) {
      return right(question, likelihoods, choice -> 1);
    }
    if (measure.equals(MultipleChoice.ACC_NORM)) {
      return right(question, likelihoods, choice -> choice.codePointCount(0, choice.length()));
    }
    if (measure.equals(MultipleChoice.ACC_BYTES)) {
      return right(question, likelihoods, choice -> choice.getBytes(StandardCharsets.UTF_8).length);
    }
    double margin = margin(question.answer(), likelihoods);
    return measure.equals(MultipleChoice.MARGIN) ? margin : surprise(margin);
  }

  /** The negative logarithm of the share of all that the odds of this logarithm stand for. */
  private static double surprise(double margin) {
    return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
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
