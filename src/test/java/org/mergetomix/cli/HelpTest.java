package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.testing.Golden;

class HelpTest {

  private static final List<String> COMMANDS =
      List.of(
          "check",
          "show",
          "divide",
          "finetune",
          "search",
          "fidelity",
          "report",
          "rank",
          "export",
          "vocabulary",
          "replay",
          "demo");

  @Test
  void saysWhatEveryCommandDoes() {
    StringBuilder help = new StringBuilder(help("--help"));
    for (String command : COMMANDS) {
      help.append("\n--- ").append(command).append("\n\n").append(help(command, "--help"));
    }

    Golden.assertMatches(HelpTest.class, "help.txt", help.toString());
  }

  @Test
  void saysItsVersion() {
    assertThat(help("--version")).isEqualTo("merge-to-mix development\n");
    assertThat(help("search", "--version")).isEqualTo("merge-to-mix development\n");
  }

  @Test
  void asksForACommand() {
    Ran ran = Ran.of();

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.errors()).startsWith("Missing required subcommand").contains("search");
    assertThat(ran.results()).isEmpty();
  }

  @Test
  void offersTheNearestCommandAndOption() {
    Ran command = Ran.of("serch");
    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.errors()).contains("'serch'").contains("search");

    Ran option = Ran.of("search", "--confg", "x");
    assertThat(option.exitCode()).isEqualTo(2);
    assertThat(option.errors()).contains("'--confg'").contains("--config");
  }

  @Test
  void asksForTheOptionsThatAreNeeded() {
    Ran ran = Ran.of("export", "--to", "file");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.errors()).startsWith("Missing required option: '--mixture=ID'");
  }

  private static String help(String... arguments) {
    Ran ran = Ran.of(arguments);
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.errors()).isEmpty();
    return ran.results();
  }
}
