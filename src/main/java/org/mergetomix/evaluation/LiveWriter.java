package org.mergetomix.evaluation;

import java.util.List;
import org.mergetomix.model.ContinuationScore;
import org.mergetomix.model.FamilyModel;
import org.mergetomix.model.GreedyDecoding;

/** A live model of a family, which writes in this process. */
record LiveWriter(FamilyModel model) implements TextWriter {

  @Override
  public List<int[]> write(List<int[]> begun, GreedyDecoding decoding) {
    return model.generate(begun, decoding);
  }

  @Override
  public boolean answersNumbers(int[] begun, int token) {
    ContinuationScore score = model.continuations(begun, List.of(new int[] {token})).get(0);
    return !Double.isNaN(score.logProbability());
  }
}
