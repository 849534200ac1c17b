package org.mergetomix.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.mergetomix.output.Failures;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.Problem;
import org.mergetomix.problem.UserException;
import picocli.CommandLine;

/** The command line as a whole: parses, runs one sub-command, and says what went wrong. */
@CommandLine.Command(
    name = "merge-to-mix",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Chooses which datasets to fine-tune on: the average of the experts of a mixture stands "
            + "for a model fine-tuned on it, so that trying a mixture costs an evaluation and not "
            + "a training.%n",
    footer = {"", "The usual way: check, finetune, search, fidelity. A first look: demo."},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:unexpected, a bug",
      "2:the command line or the configuration is wrong; nothing was started",
      "3:an input or output is missing, broken or not accessible",
      "4:finished, but some mixtures failed"
    })
public final class CommandLineTool {

  private volatile boolean interrupted;
  private volatile boolean finished;
  private volatile String advice = "";

  private final Console console;
  private final PrintStream errors;

  private CommandLineTool(Console console, PrintStream errors) {
    this.console = console;
    this.errors = errors;
  }

  /** Runs a command line in this process and returns its exit code; see {@link ExitCode}. */
  public static int run(String... arguments) {
    return run(Console.ofProcess(), Console.inUtf8(System.err), arguments);
  }

  /** Runs a command line with streams of its own. */
  static int run(Console console, PrintStream errors, String... arguments) {
    CommandLineTool tool = new CommandLineTool(console, errors);
    Thread hook = new Thread(tool::sayInterrupted);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return tool.commandLine().execute(arguments);
    } finally {
      tool.finished = true;
      forget(hook);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook is running, or has run: it looks at what is finished.
    }
  }

  private CommandLine commandLine() {
    return new CommandLine(this)
        .addSubcommand(new CheckCommand(console))
        .addSubcommand(new ShowCommand(console))
        .addSubcommand(new DivideCommand(console))
        .addSubcommand(new FineTuneCommand(console))
        .addSubcommand(new SearchCommand(console))
        .addSubcommand(new FidelityCommand(console))
        .addSubcommand(new ReportCommand(console))
        .addSubcommand(new RankCommand(console))
        .addSubcommand(new ExportCommand(console))
        .addSubcommand(new VocabularyCommand(console))
        .addSubcommand(new ReplayCommand(console))
        .addSubcommand(new DemoCommand(console))
        .setUsageHelpAutoWidth(true)
        .setOut(console.writer())
        .setErr(new PrintWriter(errors, true, StandardCharsets.UTF_8))
        .setExecutionStrategy(this::execute)
        .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure));
  }

  private int execute(CommandLine.ParseResult parsed) {
    List<CommandLine> commands = parsed.asCommandLineList();
    if (commands.get(commands.size() - 1).getCommand() instanceof SessionCommand command) {
      advice = command.afterInterruption();
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private int explain(Exception failure) {
    if (interrupted) {
      return ExitCode.UNEXPECTED.code();
    }
    Optional<UserException> mendable = Failures.mendable(failure);
    if (mendable.isEmpty()) {
      errors.println("Unexpected failure; this is a bug of merge-to-mix or of its surroundings:");
      failure.printStackTrace(errors);
      return ExitCode.UNEXPECTED.code();
    }
    for (Problem problem : mendable.get().told()) {
      errors.println("Error: " + problem.message());
    }
    return mendable.get().exitCode().code();
  }

  private void sayInterrupted() {
    if (!finished) {
      interrupted = true;
      errors.println();
      errors.println("Interrupted. " + advice);
    }
  }
}
