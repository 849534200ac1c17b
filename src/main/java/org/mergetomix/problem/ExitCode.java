package org.mergetomix.problem;

/** How the process ends; schedulers act on these numbers, so they never change. */
public enum ExitCode {
  /** Everything that was asked for is done. */
  DONE(0),
  /** A bug of ours, or a failure nobody foresaw; the stack trace is shown. */
  UNEXPECTED(1),
  /** The command line or the configuration is wrong; nothing was started. */
  USAGE(2),
  /** An input or output is missing, broken or not accessible. */
  INPUT(3),
  /** Finished, but some mixtures failed; the tables say which. */
  PARTIAL(4);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the process returns. */
  public int code() {
    return code;
  }
}
