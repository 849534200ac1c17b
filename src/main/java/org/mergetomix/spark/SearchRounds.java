package org.mergetomix.spark;

import static org.apache.spark.sql.functions.col;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.mergetomix.config.Configuration;
import org.mergetomix.executor.RoundWork;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.IndexRange;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.output.OutputLease;
import org.mergetomix.problem.UserException;
import org.mergetomix.table.RowStatus;
import org.mergetomix.table.RunDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates what is missing of a space, round by round. A round is one Spark job whose rows are
 * committed before the next begins. What the driver keeps does not grow with the number of
 * mixtures.
 */
public final class SearchRounds {

  private static final Logger LOGGER = LoggerFactory.getLogger(SearchRounds.class);

  private static final int PARTITIONS_PER_SLOT = 4;

  private final SparkSession spark;
  private final Configuration configuration;
  private final RunDirectory directory;
  private final OutputLease lease;
  private final Progress progress;

  SearchRounds(
      SparkSession spark,
      Configuration configuration,
      RunDirectory directory,
      OutputLease lease,
      Progress progress) {
    this.spark = spark;
    this.configuration = configuration;
    this.directory = directory;
    this.lease = lease;
    this.progress = progress;
  }

  /**
   * Evaluates.
   *
   * @param size of the space
   * @param committed the mixtures whose rows are there
   * @param work made once for all rounds
   * @return how many were evaluated
   * @throws UserException if more failed than {@code search.max-failed} allows, or another driver
   *     took over
   */
  long run(long size, IndexRanges committed, Function<RoundWork.Counters, RoundWork> work) {
    JavaSparkContext context = Session.context(spark);
    IndexRanges done = committed;
    try (ProgressListener listener =
        new ProgressListener(context, "search", done.size(), size, progress)) {
      LongAccumulator failed = context.sc().longAccumulator("merge-to-mix.failed");
      RoundWork evaluate = work.apply(new RoundWork.Counters(listener.counter(), failed));
      int round = directory.evaluations(spark).nextRound();
      RoundLength length = RoundLength.first(context.defaultParallelism());
      while (done.size() < size) {
        long started = System.nanoTime();
        IndexRanges missing = done.complement(size);
        IndexRanges now = missing.take(mixtures(length, missing.size()));
        context.setJobGroup(
            "search",
            "Round %d: mixtures %d to %d of %d"
                .formatted(round, done.size() + 1, done.size() + now.size(), size),
            false);
        List<IndexRange> pieces = pieces(context, now);
        lease.require();
        directory
            .evaluations(spark)
            .append(
                round,
                onDevices(context.parallelize(pieces, pieces.size())).mapPartitions(evaluate));
        done = union(done, now);
        Duration taken = Duration.ofNanos(System.nanoTime() - started);
        LOGGER.info(
            "Round {}: {} mixtures in {} s, {} of {} done",
            round,
            now.size(),
            taken.toMillis() / 1000.0,
            done.size(),
            size);
        refuseTooManyFailed(failed.value(), round);
        length = length.after(taken);
        round++;
      }
      listener.complete();
    }
    return size - committed.size();
  }

  private static IndexRanges union(IndexRanges one, IndexRanges other) {
    List<IndexRange> all = new ArrayList<>(one.ranges());
    all.addAll(other.ranges());
    return IndexRanges.of(all);
  }

  private long mixtures(RoundLength automatic, long left) {
    long configured = configuration.search().roundSize();
    return configured > 0 ? configured : automatic.of(left);
  }

  private List<IndexRange> pieces(JavaSparkContext context, IndexRanges round) {
    long configured = configuration.search().partitionSize();
    long automatic = round.size() / ((long) PARTITIONS_PER_SLOT * context.defaultParallelism());
    long size = configured > 0 ? configured : Math.max(1, automatic);
    return round.ranges().stream().flatMap(range -> range.split(size).stream()).toList();
  }

  /** Asks for GPUs for the stage that needs them, where the configuration does. */
  private <T> JavaRDD<T> onDevices(JavaRDD<T> work) {
    double gpus = configuration.spark().gpusPerTask();
    if (gpus == 0) {
      return work;
    }
    int cores = spark.sparkContext().getConf().getInt("spark.task.cpus", 1);
    return work.withResources(
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cores).resource("gpu", gpus))
            .build());
  }

  private void refuseTooManyFailed(long failed, int round) {
    if (failed <= configuration.search().maxFailed()) {
      return;
    }
    Location output = directory.location();
    Row first =
        directory
            .evaluations(spark)
            .dataset(round)
            .where(col("status").equalTo(RowStatus.FAILED.text()))
            .orderBy("index")
            .select("mixture", "error")
            .first();
    throw UserException.input(
        "More mixtures failed than search.max-failed = %d allows; the first is %s: %s"
            .formatted(configuration.search().maxFailed(), first.getString(0), first.getString(1)),
        output.toString(),
        "Mend the cause, or raise search.max-failed, and start again: what is committed is kept");
  }
}
