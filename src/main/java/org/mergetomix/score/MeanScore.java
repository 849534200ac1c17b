package org.mergetomix.score;

import java.util.List;
import java.util.SortedMap;

/** The weighted mean of the scores of tasks that have one unit, in that unit. */
final class MeanScore extends Objective {

  private static final long serialVersionUID = 1L;

  MeanScore(List<Term> terms) {
    super(terms, unitOf(terms.get(0)));
  }

  @Override
  Estimate score(Term term, ExampleScores subject) {
    return subject.aggregate(term.measure().aggregate());
  }

  @Override
  Estimate finished(Term term, Estimate score) {
    return score;
  }

  @Override
  Estimate gain(Term term, ExampleScores subject, ExampleScores reference) {
    return scoreUnit().gain(subject.minus(reference, term.measure().aggregate()));
  }

  @Override
  public Objective onFirst(SortedMap<String, Integer> examples) {
    return this;
  }

  @Override
  public Objective reordered(SortedMap<String, int[]> orders) {
    return this;
  }

  @Override
  double unit(Term term) {
    return 1;
  }

  @Override
  String detail(Term term) {
    return "";
  }
}
