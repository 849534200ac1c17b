package org.mergetomix.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives Spark's metrics system what every executor did, for any sink that Spark has. It is named in
 * {@code spark.plugins}; the job does not need it.
 *
 * <p>Executors have the figures in registries of their own, for sinks that push. They serve no
 * pages, however, so that a sink which waits to be asked, as Prometheus' does, would find nothing:
 * after every task they tell the driver, whose registry has each figure once an executor, as {@code
 * executor.ID.mixtures}. What an executor that is gone did last stays there.
 */
public final class MetricsPlugin implements SparkPlugin {

  private static final Logger LOGGER = LoggerFactory.getLogger(MetricsPlugin.class);

  @Override
  public DriverPlugin driverPlugin() {
    return new OnDriver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new OnExecutor();
  }

  /** What an executor tells. */
  private record Told(String executor, Map<String, Number> figures) implements Serializable {}

  /** Keeps what executors told last. */
  private static final class OnDriver implements DriverPlugin {

    private final Map<String, Map<String, Number>> last = new ConcurrentHashMap<>();
    private Optional<MetricRegistry> registry = Optional.empty();

    @Override
    public synchronized void registerMetrics(String application, PluginContext context) {
      MetricRegistry given = context.metricRegistry();
      // Spark takes a registry that has something; what is added later, it follows.
      given.register("executors", (Gauge<Integer>) last::size);
      registry = Optional.of(given);
      last.keySet().forEach(this::register);
    }

    @Override
    public synchronized Object receive(Object message) {
      if (message instanceof Told told && last.put(told.executor(), told.figures()) == null) {
        register(told.executor());
      }
      // Spark warns of an answer to what does not ask for one.
      return null;
    }

    private void register(String executor) {
      registry.ifPresent(
          given ->
              ExecutorFigures.OF_THIS_JVM
                  .keySet()
                  .forEach(
                      name ->
                          given.register(
                              MetricRegistry.name("executor", executor, name),
                              (Gauge<Number>) () -> last.get(executor).get(name))));
    }
  }

  /** Tells the driver, from the threads of tasks. */
  private static final class OnExecutor implements ExecutorPlugin {

    private Optional<PluginContext> driver = Optional.empty();

    @Override
    public void init(PluginContext context, Map<String, String> fromDriver) {
      driver = Optional.of(context);
      ExecutorFigures.OF_THIS_JVM.forEach(
          (name, figure) -> context.metricRegistry().register(name, (Gauge<Number>) figure::get));
    }

    @Override
    public void onTaskSucceeded() {
      tell();
    }

    @Override
    public void onTaskFailed(TaskFailedReason reason) {
      tell();
    }

    private void tell() {
      driver.ifPresent(
          context -> {
            try {
              context.send(new Told(context.executorID(), ExecutorFigures.now()));
            } catch (IOException lost) {
              LOGGER.warn("The driver was not told of this executor's figures", lost);
            }
          });
    }
  }
}
