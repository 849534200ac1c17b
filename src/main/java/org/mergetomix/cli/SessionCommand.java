package org.mergetomix.cli;

import java.util.concurrent.Callable;
import org.mergetomix.config.Configuration;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.spark.Session;
import org.mergetomix.spark.TrackingAction;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** A sub-command that reads the configuration and works in a Spark session. */
@CommandLine.Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class SessionCommand implements Callable<Integer> {

  @Mixin private RunOptions options = new RunOptions();

  private final Console console;

  SessionCommand(Console console) {
    this.console = console;
  }

  /** Where results and progress go. */
  final Console console() {
    return console;
  }

  /** The options that say what to work on. */
  final RunOptions options() {
    return options;
  }

  /** What the user wants. */
  Configuration configuration() {
    return options.configuration();
  }

  /** Tells an MLflow server what is in the output, where one is configured. */
  final void track(Session session, Configuration configuration) {
    console.warnings(new TrackingAction(session.spark(), configuration).run().stream().toList());
  }

  /** What a user can do who broke it off, as a sentence. */
  String afterInterruption() {
    return "What is committed is kept: the same command goes on from there.";
  }

  /** Does the work. */
  abstract ExitCode run(Session session, Configuration configuration);

  @Override
  public final Integer call() {
    Configuration configuration = configuration();
    try (Session session = Session.open(configuration.spark())) {
      return run(session, configuration).code();
    }
  }
}
