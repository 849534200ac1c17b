package org.mergetomix.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test method an {@link S3Server} parameter. There is one server in a JVM, started by the
 * first test that asks and closed as the JVM ends, for Hadoop keeps file systems, and with them the
 * server that they know, as long; each test makes a bucket of its own.
 */
public final class S3Extension implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == S3Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Shared.SERVER;
  }

  private static final class Shared {

    private static final S3Server SERVER = start();

    private static S3Server start() {
      S3Server server = S3Server.start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    }
  }
}
