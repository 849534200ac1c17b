package org.mergetomix.executor;

import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.table.EvaluationRow;

/** What is done with the indices of a partition. */
public interface RoundWork extends FlatMapFunction<Iterator<IndexRange>, EvaluationRow> {

  /**
   * What the work of a round tells the driver while it goes on.
   *
   * @param done mixtures evaluated
   * @param failed those of them that failed
   */
  record Counters(LongAccumulator done, LongAccumulator failed) implements Serializable {}
}
