package org.mergetomix.spark.round;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.plan.Portion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what is missing of a round evaluated, in jobs of about twenty seconds whose rows are
 * committed one after the other. What the driver keeps does not grow with the number of mixtures.
 */
public final class RoundRunner {

  private static final Logger LOGGER = LoggerFactory.getLogger(RoundRunner.class);

  private static final int PARTITIONS_PER_SLOT = 4;

  private final JavaSparkContext context;
  private final Configuration configuration;
  private final RoundCommit commit;
  private RoundLength length;

  /** A runner whose jobs are as long as those before made likely; used by one thread. */
  public RoundRunner(JavaSparkContext context, Configuration configuration, RoundCommit commit) {
    this.context = context;
    this.configuration = configuration;
    this.commit = commit;
    this.length = RoundLength.first(context.defaultParallelism());
  }

  /**
   * Evaluates.
   *
   * @param missing what is to be evaluated
   * @param mark whose work it is
   * @param work what is done with a partition
   * @param counters what the work adds to
   * @param before mixtures of the round that were there already, for what is said of it
   * @throws org.mergetomix.problem.UserException if more failed than may
   */
  public void run(
      List<Portion> missing,
      RoundWork.Mark mark,
      RoundWork work,
      RoundWork.Counters counters,
      long before) {
    long total = before + mixtures(missing);
    long done = before;
    List<Portion> left = missing;
    while (!left.isEmpty()) {
      long started = System.nanoTime();
      List<Portion> now = first(left, mixtures(left));
      long count = mixtures(now);
      context.setJobGroup(
          mark.strategy(),
          String.format(
              Locale.ROOT,
              "Round %d of %s: mixtures %d to %d of %d",
              mark.number(),
              mark.strategy(),
              done + 1,
              done + count,
              total),
          false);
      List<Portion> pieces = pieces(now, count);
      commit.append(
          mark,
          TaskGpus.ask(
                  context.parallelize(pieces, pieces.size()), configuration.spark().gpusPerTask())
              .mapPartitions(work),
          counters);
      done += count;
      left = without(left, now);
      Duration taken = Duration.ofNanos(System.nanoTime() - started);
      LOGGER.info(
          "{}, round {}: {} mixtures in {} s, {} of {} done",
          mark.strategy(),
          mark.number(),
          count,
          taken.toMillis() / 1000.0,
          done,
          total);
      length = length.after(taken);
    }
  }

  /** How many mixtures some portions have. */
  static long mixtures(List<Portion> portions) {
    return portions.stream().mapToLong(portion -> portion.mixtures().size()).sum();
  }

  /** As many mixtures, from the first portion on, as a job is to have. */
  private List<Portion> first(List<Portion> left, long all) {
    long configured = configuration.search().roundSize();
    long wanted = configured > 0 ? configured : length.of(all);
    List<Portion> first = new ArrayList<>();
    for (Portion portion : left) {
      IndexRanges taken = portion.mixtures().take(wanted);
      if (taken.size() > 0) {
        first.add(portion.of(taken));
        wanted -= taken.size();
      }
    }
    return first;
  }

  private static List<Portion> without(List<Portion> left, List<Portion> done) {
    List<Portion> rest = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      Portion portion = left.get(i);
      IndexRanges kept =
          i < done.size() ? portion.mixtures().without(done.get(i).mixtures()) : portion.mixtures();
      if (kept.size() > 0) {
        rest.add(portion.of(kept));
      }
    }
    return rest;
  }

  /** A partition is one of these, however scattered its mixtures are. */
  private List<Portion> pieces(List<Portion> portions, long count) {
    long configured = configuration.search().partitionSize();
    long automatic = count / ((long) PARTITIONS_PER_SLOT * context.defaultParallelism());
    long size = configured > 0 ? configured : Math.max(1, automatic);
    return portions.stream()
        .flatMap(portion -> portion.mixtures().split(size).stream().map(portion::of))
        .toList();
  }
}
