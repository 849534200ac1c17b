package org.mergetomix;

import org.mergetomix.cli.CommandLineTool;

/** The program. Everything it can do is listed by {@code --help}. */
public final class MergeToMix {

  private MergeToMix() {}

  /** Runs one sub-command; the only place that ends the process. */
  public static void main(String[] arguments) {
    int exitCode = CommandLineTool.run(arguments);
    // Some clusters take an explicit exit with 0 for a failure.
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }
}
