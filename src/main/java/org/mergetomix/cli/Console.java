package org.mergetomix.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.mergetomix.problem.Problem;
import org.mergetomix.score.Estimate;
import org.mergetomix.spark.round.Progress;

/**
 * What a person sees: results on standard output, progress on standard error. On a terminal
 * progress is one line that changes; elsewhere, as in a scheduler's log, a line every few seconds.
 */
final class Console implements Progress {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final PrintStream results;
  private final PrintStream progress;
  private final Kind kind;
  private String lastStep = "";
  private long firstDone;
  private Duration firstElapsed = Duration.ZERO;
  private Duration lastLine = Duration.ZERO;

  /** Where progress is shown. */
  enum Kind {
    TERMINAL,
    LOG
  }

  Console(PrintStream results, PrintStream progress, Kind kind) {
    this.results = results;
    this.progress = progress;
    this.kind = kind;
  }

  /** The console of this process. */
  @SuppressWarnings("SystemConsoleNull") // The build and the run are held to JDK 17.
  static Console ofProcess() {
    return new Console(
        inUtf8(System.out),
        inUtf8(System.err),
        System.console() == null ? Kind.LOG : Kind.TERMINAL);
  }

  /**
   * The same stream, written in UTF-8 whatever the locale is: terminals and viewers of logs read
   * it, and under {@code LANG=C} the JVM would write a question mark for ±.
   */
  static PrintStream inUtf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Where the result goes, for help texts. */
  PrintWriter writer() {
    return new PrintWriter(results, true, StandardCharsets.UTF_8);
  }

  /** Prints a line of the result. */
  void line(String text) {
    results.println(text);
  }

  /** Prints a formatted line of the result; numbers look the same everywhere. */
  void line(String format, Object... arguments) {
    line(String.format(Locale.ROOT, format, arguments));
  }

  /** A value with half of its 95 % interval; {@code ± ?} where the error is not known. */
  static String text(Estimate estimate) {
    return estimate.hasError()
        ? String.format(Locale.ROOT, "%.4f ± %.4f", estimate.value(), estimate.margin())
        : String.format(Locale.ROOT, "%.4f ± ?", estimate.value());
  }

  /** Says what {@code ± ?} means, where one of the estimates has it. */
  void explain(Stream<Estimate> estimates) {
    if (!estimates.allMatch(Estimate::hasError)) {
      line("± ? stands where the error is not known: a task has one example.");
    }
  }

  /** Prints what a user should know although all is well. */
  void warnings(List<Problem> warnings) {
    warnings.forEach(warning -> line("Warning: %s", warning.message()));
  }

  @Override
  public synchronized void update(String step, long done, long total, Duration elapsed) {
    boolean finished = done >= total;
    boolean begins = !step.equals(lastStep) || elapsed.compareTo(firstElapsed) < 0;
    if (begins) {
      lastStep = step;
      firstDone = done;
      firstElapsed = elapsed;
    }
    if (kind == Kind.TERMINAL) {
      progress.print("\r" + text(step, done, total, elapsed) + (finished ? "\n" : ""));
      progress.flush();
      return;
    }
    boolean due = elapsed.minus(lastLine).compareTo(BETWEEN_LINES) >= 0;
    if (begins || due || finished) {
      progress.println(text(step, done, total, elapsed).stripTrailing());
      lastLine = elapsed;
    }
  }

  private String text(String step, long done, long total, Duration elapsed) {
    String state =
        String.format(
            Locale.ROOT, "%-9s %,d of %,d (%d %%)", step, done, total, share(done, total));
    String time =
        done >= total
            ? ", took " + duration(elapsed)
            : done == firstDone ? "" : ", about " + duration(left(done, total, elapsed)) + " left";
    return String.format(Locale.ROOT, "%-70s", state + time);
  }

  private static long share(long done, long total) {
    return total == 0 ? 100 : 100 * done / total;
  }

  /** Judged by what was done since the step was first shown: the rest was there before. */
  private Duration left(long done, long total, Duration elapsed) {
    double each = (double) elapsed.minus(firstElapsed).toMillis() / (done - firstDone);
    return Duration.ofMillis((long) (each * (total - done)));
  }

  /** A duration as people say it: {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  static String duration(Duration duration) {
    long seconds = Math.round(duration.toMillis() / 1000.0);
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
