package org.mergetomix.spark;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.mergetomix.cache.FetchStatistics;
import org.mergetomix.executor.ExecutorMetrics;

/** What an executor did since it began, as figures that only rise. */
final class ExecutorFigures {

  /** How this JVM knows each of them, by its name in Spark's metrics. */
  static final Map<String, Supplier<Number>> OF_THIS_JVM =
      Map.of(
          "mixtures", () -> ExecutorMetrics.ofThisJvm().mixtures(),
          "failures", () -> ExecutorMetrics.ofThisJvm().failures(),
          "mergeSeconds", () -> ExecutorMetrics.ofThisJvm().mergeSeconds(),
          "evaluateSeconds", () -> ExecutorMetrics.ofThisJvm().evaluateSeconds(),
          "fetchedBytes", () -> FetchStatistics.ofThisJvm().totalBytesRead(),
          "cacheHits", () -> FetchStatistics.ofThisJvm().hits(),
          "cacheMisses", () -> FetchStatistics.ofThisJvm().misses(),
          "cacheEvictions", () -> FetchStatistics.ofThisJvm().evictions());

  private ExecutorFigures() {}

  /** What they are now, by name. */
  static Map<String, Number> now() {
    Map<String, Number> figures = new TreeMap<>();
    OF_THIS_JVM.forEach((name, figure) -> figures.put(name, figure.get()));
    return figures;
  }
}
