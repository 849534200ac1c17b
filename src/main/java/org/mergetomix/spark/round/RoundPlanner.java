package org.mergetomix.spark.round;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.MixtureSpace;
import org.mergetomix.plan.Portion;
import org.mergetomix.score.Blocks;
import org.mergetomix.score.ExampleRange;
import org.mergetomix.search.Round;
import org.mergetomix.search.SearchStrategy;
import org.mergetomix.table.Evaluations;
import org.mergetomix.table.RowStatus;
import scala.Tuple2;

/**
 * Finds what of a round is missing: the blocks of examples whose rows are not there under the key
 * that they would have now, whoever wrote them. Rows are looked at where they lie; the driver gets
 * index ranges, so what it keeps grows with their gaps and not with the mixtures.
 */
public final class RoundPlanner {

  private final Keys keys;
  private final SortedMap<String, Integer> examples;

  /** The key that a row would have now. */
  @FunctionalInterface
  public interface Keys extends Serializable {

    /** Of a mixture on a task. */
    String of(Mixture mixture, String task);
  }

  /**
   * A planner for the tasks of a run.
   *
   * @param examples how many examples each task has
   */
  public RoundPlanner(Keys keys, SortedMap<String, Integer> examples) {
    this.keys = keys;
    this.examples = new TreeMap<>(examples);
  }

  /** A task's examples that a row has, for one mixture. */
  private record Seen(String task, ExampleRange range) implements Serializable {}

  /** What is missing of a round. */
  public List<Portion> missing(Round round, Evaluations evaluations, SearchStrategy strategy) {
    SortedMap<String, List<ExampleRange>> everything = new TreeMap<>();
    examples.forEach(
        (task, count) -> everything.put(task, List.of(Blocks.upTo(count, round.percent()))));
    Map<SortedMap<String, List<ExampleRange>>, IndexRanges> left =
        evaluations.isEmpty()
            ? Map.of()
            : left(seen(round.space(), evaluations, strategy), everything);
    List<Portion> portions = new ArrayList<>();
    IndexRanges untouched = round.candidates();
    for (IndexRanges touched : left.values()) {
      untouched = untouched.without(touched);
    }
    add(portions, new Portion(untouched, everything));
    left.forEach(
        (ranges, mixtures) -> {
          if (!ranges.isEmpty()) {
            add(portions, new Portion(mixtures.both(round.candidates()), ranges));
          }
        });
    return List.copyOf(portions);
  }

  private static void add(List<Portion> portions, Portion portion) {
    if (portion.mixtures().size() > 0) {
      portions.add(portion);
    }
  }

  /** What was seen, each mixture's after another's in the order of the space. */
  private JavaPairRDD<Long, Seen> seen(
      MixtureSpace space, Evaluations evaluations, SearchStrategy strategy) {
    Keys current = keys;
    SortedMap<String, Integer> asked = examples;
    String id = strategy.id();
    boolean failedIsAnswered = strategy.failures() == SearchStrategy.Failures.ANSWERED;
    JavaPairRDD<Long, Seen> seen =
        evaluations
            .known()
            .filter(
                row ->
                    asked.containsKey(row.task())
                        && (row.status() == RowStatus.OK
                            || (failedIsAnswered && row.strategy().equals(id))))
            .mapToPair(row -> new Tuple2<>(space.indexOf(row.mixture()), row))
            .filter(found -> found._1() >= 0)
            .filter(
                found ->
                    found._2().key().equals(current.of(found._2().mixture(), found._2().task())))
            .mapValues(row -> new Seen(row.task(), row.range()));
    return seen.repartitionAndSortWithinPartitions(
        new IndexPartitioner(space.size(), seen.getNumPartitions()));
  }

  /** By what is missing, which may be nothing: the mixtures of which something was seen. */
  private Map<SortedMap<String, List<ExampleRange>>, IndexRanges> left(
      JavaPairRDD<Long, Seen> seen, SortedMap<String, List<ExampleRange>> asked) {
    SortedMap<String, Integer> counts = examples;
    Map<SortedMap<String, List<ExampleRange>>, List<IndexRange>> ranges = new HashMap<>();
    seen.mapPartitions(sorted -> gathered(sorted, asked, counts))
        .collect()
        .forEach(
            found ->
                ranges
                    .computeIfAbsent(found._1(), missing -> new ArrayList<>())
                    .addAll(found._2().ranges()));
    Map<SortedMap<String, List<ExampleRange>>, IndexRanges> left = new HashMap<>();
    ranges.forEach((missing, all) -> left.put(missing, IndexRanges.of(all)));
    return left;
  }

  private static SortedMap<String, List<ExampleRange>> missing(
      List<Seen> seen,
      SortedMap<String, List<ExampleRange>> asked,
      SortedMap<String, Integer> counts) {
    SortedMap<String, List<ExampleRange>> missing = new TreeMap<>();
    asked.forEach(
        (task, ranges) -> {
          List<ExampleRange> blocks =
              new ArrayList<>(Blocks.within(counts.get(task), ranges.get(0)));
          for (Seen found : seen) {
            if (found.task().equals(task)) {
              blocks.removeAll(Blocks.within(counts.get(task), found.range()));
            }
          }
          if (!blocks.isEmpty()) {
            missing.put(task, joined(blocks));
          }
        });
    return missing;
  }

  /** Neighbouring blocks as one range, so that they become one row. */
  private static List<ExampleRange> joined(List<ExampleRange> blocks) {
    List<ExampleRange> joined = new ArrayList<>();
    for (ExampleRange block : blocks) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).to() == block.from()) {
        joined.set(last, new ExampleRange(joined.get(last).from(), block.to()));
      } else {
        joined.add(block);
      }
    }
    return joined;
  }

  private static Iterator<Tuple2<SortedMap<String, List<ExampleRange>>, IndexRanges>> gathered(
      Iterator<Tuple2<Long, Seen>> sorted,
      SortedMap<String, List<ExampleRange>> asked,
      SortedMap<String, Integer> counts) {
    Map<SortedMap<String, List<ExampleRange>>, List<IndexRange>> runs = new HashMap<>();
    List<Seen> seen = new ArrayList<>();
    long index = 0;
    while (sorted.hasNext()) {
      Tuple2<Long, Seen> row = sorted.next();
      if (!seen.isEmpty() && row._1() != index) {
        extend(runs, missing(seen, asked, counts), index);
        seen.clear();
      }
      index = row._1();
      seen.add(row._2());
    }
    if (!seen.isEmpty()) {
      extend(runs, missing(seen, asked, counts), index);
    }
    return runs.entrySet().stream()
        .map(run -> new Tuple2<>(run.getKey(), IndexRanges.of(run.getValue())))
        .iterator();
  }

  private static void extend(
      Map<SortedMap<String, List<ExampleRange>>, List<IndexRange>> runs,
      SortedMap<String, List<ExampleRange>> missing,
      long index) {
    List<IndexRange> ranges = runs.computeIfAbsent(missing, none -> new ArrayList<>());
    int last = ranges.size() - 1;
    if (last >= 0 && ranges.get(last).end() == index) {
      ranges.set(last, new IndexRange(ranges.get(last).start(), index + 1));
    } else {
      ranges.add(new IndexRange(index, index + 1));
    }
  }

  /** Neighbours lie in one partition, without a look at the rows to find where to cut. */
  private static final class IndexPartitioner extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final long size;
    private final int count;

    IndexPartitioner(long size, int count) {
      this.size = size;
      this.count = Math.max(1, count);
    }

    @Override
    public int numPartitions() {
      return count;
    }

    @Override
    public int getPartition(Object index) {
      return Math.min(count - 1, (int) ((double) (Long) index / size * count));
    }
  }
}
