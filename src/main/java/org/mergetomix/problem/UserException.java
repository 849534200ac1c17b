package org.mergetomix.problem;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Something that the user can mend, so it is shown as plain messages and never as a stack trace.
 * Carries every problem found, not only the first.
 */
public final class UserException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final List<Problem> problems;

  private UserException(ExitCode exitCode, List<Problem> problems, Throwable cause) {
    super(
        ManyProblems.shortened(problems).stream()
            .map(Problem::message)
            .collect(Collectors.joining("\n")),
        cause);
    this.exitCode = exitCode;
    this.problems = List.copyOf(problems);
  }

  /** The command line or the configuration is wrong: exit code 2. */
  public static UserException usage(List<Problem> problems) {
    return new UserException(ExitCode.USAGE, problems, null);
  }

  /** The command line or the configuration is wrong: exit code 2. */
  public static UserException usage(String what, String where, String remedy) {
    return usage(List.of(new Problem(what, where, remedy)));
  }

  /** An input or output is missing, broken or not accessible: exit code 3. */
  public static UserException input(List<Problem> problems) {
    return new UserException(ExitCode.INPUT, problems, null);
  }

  /** An input or output is missing, broken or not accessible: exit code 3. */
  public static UserException input(String what, String where, String remedy) {
    return input(List.of(new Problem(what, where, remedy)));
  }

  /** An input or output is missing, broken or not accessible: exit code 3. */
  public static UserException input(String what, String where, String remedy, Throwable cause) {
    return new UserException(ExitCode.INPUT, List.of(new Problem(what, where, remedy)), cause);
  }

  /**
   * The problems of several. One of the configuration makes all of them exit code 2: it is to be
   * mended first, whatever the inputs are.
   */
  public static UserException together(List<UserException> several) {
    List<Problem> problems = several.stream().flatMap(one -> one.problems.stream()).toList();
    return several.stream().anyMatch(one -> one.exitCode == ExitCode.USAGE)
        ? usage(problems)
        : input(problems);
  }

  /** Throws {@link #usage(List)}, if there is a problem. */
  public static void usageIfAny(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw usage(problems);
    }
  }

  /** Throws {@link #input(List)}, if there is a problem. */
  public static void inputIfAny(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw input(problems);
    }
  }

  /** The same with other words for each problem. */
  public UserException with(UnaryOperator<Problem> words) {
    return new UserException(exitCode, problems.stream().map(words).toList(), getCause());
  }

  /** How the process should end. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** Every problem found, in the order in which a reader would meet them. */
  public List<Problem> problems() {
    return problems;
  }

  /** The same as they are shown: of one kind the first 20, and how many more there are. */
  public List<Problem> told() {
    return ManyProblems.shortened(problems);
  }
}
