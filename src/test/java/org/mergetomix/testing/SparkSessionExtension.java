package org.mergetomix.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test method, or constructor, a {@link SparkSession} or {@link JavaSparkContext}
 * parameter.
 *
 * <p>There is one session in a JVM, on two threads, started by the first test that asks and stopped
 * as the JVM ends: where Maven shares test classes out among several JVMs, each class is an
 * execution of its own to JUnit, whose stores end with it. A test must not stop it, nor change its
 * settings for good.
 */
public final class SparkSessionExtension implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == SparkSession.class || type == JavaSparkContext.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SparkSession.class
        ? Shared.SESSION
        : JavaSparkContext.fromSparkContext(Shared.SESSION.sparkContext());
  }

  private static final class Shared {

    private static final SparkSession SESSION = start();

    private static SparkSession start() {
      try {
        Path warehouse = Files.createTempDirectory("merge-to-mix-warehouse");
        SparkSession session =
            SparkSession.builder()
                .master("local[2]")
                .appName("merge-to-mix tests")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "localhost")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.warehouse.dir", warehouse.toUri().toString())
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.sql.session.timeZone", "UTC")
                .getOrCreate();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(session, warehouse)));
        return session;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private static void stop(SparkSession session, Path warehouse) {
      session.stop();
      FileUtils.deleteQuietly(warehouse.toFile());
    }
  }
}
