package org.mergetomix.spark;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.mergetomix.cache.FetchStatistics;
import org.mergetomix.executor.ExecutorMetrics;

/** A figure of what an executor did since it began, which only rises. */
enum ExecutorFigure {
  MIXTURES("mixtures", () -> ExecutorMetrics.ofThisJvm().mixtures()),
  FAILURES("failures", () -> ExecutorMetrics.ofThisJvm().failures()),
  MERGE_SECONDS("mergeSeconds", () -> ExecutorMetrics.ofThisJvm().mergeSeconds()),
  EVALUATE_SECONDS("evaluateSeconds", () -> ExecutorMetrics.ofThisJvm().evaluateSeconds()),
  FETCHED_BYTES("fetchedBytes", () -> FetchStatistics.ofThisJvm().totalBytesRead()),
  CACHE_HITS("cacheHits", () -> FetchStatistics.ofThisJvm().hits()),
  CACHE_MISSES("cacheMisses", () -> FetchStatistics.ofThisJvm().misses()),
  CACHE_EVICTIONS("cacheEvictions", () -> FetchStatistics.ofThisJvm().evictions());

  private final String label;
  private final Supplier<Number> value;

  ExecutorFigure(String label, Supplier<Number> value) {
    this.label = label;
    this.value = value;
  }

  /** Its name in Spark's metrics. */
  String label() {
    return label;
  }

  /** What it is in this JVM now. */
  Number ofThisJvm() {
    return value.get();
  }

  /** All of them, by name. */
  static Map<String, Number> allOfThisJvm() {
    Map<String, Number> figures = new TreeMap<>();
    for (ExecutorFigure figure : values()) {
      figures.put(figure.label(), figure.ofThisJvm());
    }
    return figures;
  }
}
