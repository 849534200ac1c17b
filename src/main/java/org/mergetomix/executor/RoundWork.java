package org.mergetomix.executor;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.mergetomix.plan.Portion;
import org.mergetomix.table.EvaluationRow;

/** What is done with a partition of a round. */
public interface RoundWork extends FlatMapFunction<Iterator<Portion>, EvaluationRow> {

  /**
   * What the work of a round tells the driver while it goes on.
   *
   * @param done mixtures evaluated
   * @param failed those of them that failed
   */
  record Counters(LongAccumulator done, LongAccumulator failed) implements Serializable {}

  /**
   * Whose work it is; every row says so.
   *
   * @param strategy the id of the strategy
   * @param number of its round, from 1
   */
  record Mark(String strategy, int number) implements Serializable {}
}
