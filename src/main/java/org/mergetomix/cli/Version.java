package org.mergetomix.cli;

import org.mergetomix.spark.Release;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {"merge-to-mix " + Release.version()};
  }
}
