package org.mergetomix.spark;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.mergetomix.executor.PartitionRows;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.mixture.SubsetSpace;
import org.mergetomix.score.ExampleScores;
import org.mergetomix.table.EvaluationRow;

/** Scores mixtures by their index, without any model: what is left is Spark and the driver. */
final class TrivialWork implements RoundWork {

  private static final long serialVersionUID = 1L;

  private final int datasets;
  private final RoundWork.Counters counters;

  TrivialWork(int datasets, RoundWork.Counters counters) {
    this.datasets = datasets;
    this.counters = counters;
  }

  /** All subsets of so many datasets. */
  static MixtureSpace space(int datasets) {
    List<String> ids =
        IntStream.range(0, datasets).mapToObj(number -> "d%02d".formatted(number)).toList();
    return SubsetSpace.of(ids, 1, datasets);
  }

  @Override
  public Iterator<EvaluationRow> call(Iterator<IndexRange> ranges) {
    MixtureSpace space = space(datasets);
    return new PartitionRows(
        ranges,
        index -> {
          Mixture mixture = space.at(index);
          counters.done().add(1);
          return List.of(
              EvaluationRow.scored(
                  index,
                  "key",
                  mixture,
                  "task",
                  new ExampleScores(new double[] {index, 1}, new double[] {1, 1}),
                  0,
                  0,
                  "cpu"));
        });
  }
}
