package org.mergetomix.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a command line gave, run in this process.
 *
 * @param exitCode how the process would end
 * @param results standard output
 * @param errors standard error, without progress
 */
record Ran(int exitCode, String results, String errors) {

  static Ran of(List<String> arguments) {
    return of(arguments.toArray(String[]::new));
  }

  static Ran of(String... arguments) {
    ByteArrayOutputStream results = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream silent = stream(new ByteArrayOutputStream());
    Console console = new Console(stream(results), silent, Console.Kind.LOG);
    int exitCode = CommandLineTool.run(console, stream(errors), arguments);
    return new Ran(
        exitCode,
        results.toString(StandardCharsets.UTF_8),
        errors.toString(StandardCharsets.UTF_8));
  }

  /** What was wrong, a message a line. */
  List<String> messages() {
    return errors.lines().toList();
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
