package org.mergetomix.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test method an {@link S3Server} parameter. There is one server in a JVM, started by the
 * first test that asks and stopped after the last; each test makes a bucket of its own.
 */
public final class S3Extension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(S3Extension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == S3Server.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(S3Server.class, type -> S3Server.start(), S3Server.class);
  }
}
