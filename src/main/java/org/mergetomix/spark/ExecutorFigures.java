package org.mergetomix.spark;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.mergetomix.cache.FetchStatistics;
import org.mergetomix.executor.ExecutorMetrics;
import org.mergetomix.worker.ProcessStatistics;
import org.mergetomix.worker.WorkerMetrics;

/** What an executor did since it began, as figures that only rise. */
final class ExecutorFigures {

  /** How this JVM knows each of them, by its name in Spark's metrics. */
  static final Map<String, Supplier<Number>> OF_THIS_JVM =
      Map.ofEntries(
          Map.entry("mixtures", () -> ExecutorMetrics.ofThisJvm().mixtures()),
          Map.entry("failures", () -> ExecutorMetrics.ofThisJvm().failures()),
          Map.entry("mergeSeconds", () -> ExecutorMetrics.ofThisJvm().mergeSeconds()),
          Map.entry("evaluateSeconds", () -> ExecutorMetrics.ofThisJvm().evaluateSeconds()),
          Map.entry("fetchedBytes", () -> FetchStatistics.ofThisJvm().totalBytesRead()),
          Map.entry("cacheHits", () -> FetchStatistics.ofThisJvm().hits()),
          Map.entry("cacheMisses", () -> FetchStatistics.ofThisJvm().misses()),
          Map.entry("cacheEvictions", () -> FetchStatistics.ofThisJvm().evictions()),
          Map.entry("processStarts", () -> ProcessStatistics.ofThisJvm().starts()),
          Map.entry("processDeaths", () -> ProcessStatistics.ofThisJvm().deaths()),
          Map.entry("workerStartSeconds", () -> WorkerMetrics.ofThisJvm().startSeconds()),
          Map.entry("workerDigestSeconds", () -> WorkerMetrics.ofThisJvm().digestSeconds()),
          Map.entry("workerCopySeconds", () -> WorkerMetrics.ofThisJvm().copySeconds()),
          Map.entry("workerScoreSeconds", () -> WorkerMetrics.ofThisJvm().scoreSeconds()));

  private ExecutorFigures() {}

  /** What they are now, by name. */
  static Map<String, Number> now() {
    Map<String, Number> figures = new TreeMap<>();
    OF_THIS_JVM.forEach((name, figure) -> figures.put(name, figure.get()));
    return figures;
  }
}
