package org.mergetomix.spark;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;
import org.mergetomix.config.Configuration;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.IndexRanges;
import org.mergetomix.output.OutputLease;
import org.mergetomix.table.RunDirectory;

/**
 * What a mixture costs beside its evaluation: rounds over 131,071 mixtures that are scored by their
 * index. Prints milliseconds a mixture, rounds, and the heap in use after a collection at each
 * tenth of the way; driver and executor are one process here, so both are upper bounds.
 */
public final class DriverOverhead {

  private static final int DATASETS = 17;

  private DriverOverhead() {}

  /** Runs it once. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("merge-to-mix-overhead");
    Configuration configuration = Configuration.load(List.of(), List.of("spark.master=local[2]"));
    try (Session session = Session.open(configuration.spark())) {
      measure(session.spark(), configuration, folder);
    } finally {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }

  private static void measure(SparkSession spark, Configuration configuration, Path folder) {
    RunDirectory directory =
        new RunDirectory(Location.of(folder), spark.sparkContext().hadoopConfiguration());
    long size = TrivialWork.space(DATASETS).size();
    HeapAtTenths heap = new HeapAtTenths();
    long started = System.nanoTime();
    try (OutputLease lease = directory.lease(60, () -> {})) {
      new SearchRounds(spark, configuration, directory, lease, heap)
          .run(size, IndexRanges.of(List.of()), counters -> new TrivialWork(DATASETS, counters));
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%,d mixtures in %.1f s: %.3f ms a mixture, %d rounds%n",
        size,
        seconds,
        1000 * seconds / size,
        directory.evaluations(spark).nextRound() - 1);
  }

  /** Looks at the heap when another tenth is done. */
  private static final class HeapAtTenths implements Progress {

    private long tenth = -1;

    @Override
    public void update(String step, long done, long total, Duration elapsed) {
      if (10 * done / total > tenth) {
        tenth = 10 * done / total;
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf(
            Locale.ROOT, "%3d %% done after %s: %,.1f MB%n", 10 * tenth, elapsed, used / 1e6);
      }
    }
  }
}
