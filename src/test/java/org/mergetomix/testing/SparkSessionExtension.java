package org.mergetomix.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test method, or constructor, a {@link SparkSession} or {@link JavaSparkContext}
 * parameter.
 *
 * <p>There is one session in a JVM, on two threads, started by the first test that asks and stopped
 * after the last. A test must not stop it, nor change its settings for good.
 */
public final class SparkSessionExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(SparkSessionExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == SparkSession.class || type == JavaSparkContext.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    SparkSession session =
        context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent(SharedSession.class).session;
    return parameter.getParameter().getType() == SparkSession.class
        ? session
        : JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  /** Lives in JUnit's root store, which closes it after the last test of the JVM. */
  private static final class SharedSession implements CloseableResource {

    private final Path warehouse;
    private final SparkSession session;

    SharedSession() throws IOException {
      warehouse = Files.createTempDirectory("merge-to-mix-warehouse");
      session =
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
    }

    @Override
    public void close() throws IOException {
      session.stop();
      FileUtils.deleteDirectory(warehouse.toFile());
    }
  }
}
