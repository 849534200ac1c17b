package org.mergetomix.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.mergetomix.cache.FetchStatistics;
import org.mergetomix.executor.ExecutorMetrics;

/**
 * Gives Spark's metrics system what every executor did, for any sink that Spark has. It is named in
 * {@code spark.plugins}; the job does not need it.
 */
public final class MetricsPlugin implements SparkPlugin {

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {};
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> fromDriver) {
        register(context.metricRegistry());
      }
    };
  }

  private static void register(MetricRegistry registry) {
    ExecutorMetrics executor = ExecutorMetrics.ofThisJvm();
    gauge(registry, "mixtures", executor::mixtures);
    gauge(registry, "failures", executor::failures);
    gauge(registry, "mergeSeconds", executor::mergeSeconds);
    gauge(registry, "evaluateSeconds", executor::evaluateSeconds);
    gauge(registry, "fetchedBytes", () -> FetchStatistics.ofThisJvm().totalBytesRead());
    gauge(registry, "cacheHits", () -> FetchStatistics.ofThisJvm().hits());
    gauge(registry, "cacheMisses", () -> FetchStatistics.ofThisJvm().misses());
    gauge(registry, "cacheEvictions", () -> FetchStatistics.ofThisJvm().evictions());
  }

  private static <T extends Number> void gauge(
      MetricRegistry registry, String name, Gauge<T> value) {
    registry.register(name, value);
  }
}
