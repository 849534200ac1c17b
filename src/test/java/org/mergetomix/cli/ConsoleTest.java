package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.score.Estimate;

class ConsoleTest {

  private final ByteArrayOutputStream results = new ByteArrayOutputStream();
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

  @Test
  void writesUtf8WhereTheProcessWritesAscii() {
    PrintStream before = System.out;
    System.setOut(new PrintStream(results, true, StandardCharsets.US_ASCII));
    try {
      Console.ofProcess().line("%.4f ± %.4f", 2.5, 0.25);
    } finally {
      System.setOut(before);
    }

    assertThat(results.toString(StandardCharsets.UTF_8).strip()).isEqualTo("2.5000 ± 0.2500");
  }

  @Test
  void writesTheSameDigitsInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      assertThat(String.format(Locale.getDefault(), "%d", 48)).isEqualTo("٤٨");
      console(Console.Kind.LOG).line("%,d and %.1f %%", 1234, 12.5);
    } finally {
      Locale.setDefault(before);
    }

    assertThat(results.toString(StandardCharsets.UTF_8).strip()).isEqualTo("1,234 and 12.5 %");
  }

  @Test
  void keepsProgressInOneLineOfATerminal() {
    Console console = console(Console.Kind.TERMINAL);
    console.update("search", 0, 200, Duration.ZERO);
    console.update("search", 50, 200, Duration.ofSeconds(10));
    console.update("search", 200, 200, Duration.ofSeconds(40));

    assertThat(shown().split("\r", -1))
        .containsExactly(
            "",
            padded("search    0 of 200 (0 %)"),
            padded("search    50 of 200 (25 %), about 30 s left"),
            padded("search    200 of 200 (100 %), took 40 s") + "\n");
  }

  @Test
  void showsALineEveryTenSecondsInALog() {
    Console console = console(Console.Kind.LOG);
    for (int second = 0; second < 25; second++) {
      console.update("finetune", second, 1000, Duration.ofSeconds(second));
    }
    console.update("finetune", 1000, 1000, Duration.ofSeconds(25));

    assertThat(shown().lines())
        .containsExactly(
            "finetune  0 of 1,000 (0 %)",
            "finetune  10 of 1,000 (1 %), about 16 min 30 s left",
            "finetune  20 of 1,000 (2 %), about 16 min 20 s left",
            "finetune  1,000 of 1,000 (100 %), took 25 s");
  }

  @Test
  void showsEveryStepInALog() {
    Console console = console(Console.Kind.LOG);
    console.update("finetune", 0, 8, Duration.ZERO);
    console.update("finetune", 8, 8, Duration.ofSeconds(60));
    console.update("search", 0, 8, Duration.ZERO);
    console.update("search", 2, 8, Duration.ofSeconds(11));

    assertThat(shown().lines())
        .containsExactly(
            "finetune  0 of 8 (0 %)",
            "finetune  8 of 8 (100 %), took 1 min 0 s",
            "search    0 of 8 (0 %)",
            "search    2 of 8 (25 %), about 33 s left");
  }

  /** What an earlier process did took none of this one's time. */
  @Test
  void estimatesFromWhatWasDoneNow() {
    Console console = console(Console.Kind.TERMINAL);
    console.update("search", 800, 1000, Duration.ZERO);
    console.update("search", 810, 1000, Duration.ofSeconds(10));

    assertThat(shown()).contains("810 of 1,000 (81 %), about 3 min 10 s left");
  }

  @Test
  void showsAnErrorThatIsNotKnownAsSuch() {
    Console console = console(Console.Kind.LOG);
    Estimate unknown = new Estimate(3.25, Double.NaN);

    console.line(Console.text(new Estimate(3.25, 0.01)));
    console.explain(Stream.of(new Estimate(3.25, 0.01)));
    console.line(Console.text(unknown));
    console.explain(Stream.of(unknown));

    assertThat(results.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "3.2500 ± 0.0196",
            "3.2500 ± ?",
            "± ? stands where the error is not known: a task has one example.");
  }

  @Test
  void showsAStepWithNothingLeftToDo() {
    console(Console.Kind.LOG).update("search", 15, 15, Duration.ofMillis(20));

    assertThat(shown().lines()).containsExactly("search    15 of 15 (100 %), took 0 s");
  }

  @Test
  void keepsResultsApartFromProgress() {
    Console console = console(Console.Kind.LOG);
    console.line("%,d mixtures, %.2f", 1234, 0.5);
    console.line("100 % sure");

    assertThat(results.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("1,234 mixtures, 0.50", "100 % sure");
    assertThat(shown()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.4S, 0 s",
    "PT59.4S, 59 s",
    "PT59.5S, 1 min 0 s",
    "PT3M20S, 3 min 20 s",
    "PT59M59S, 59 min 59 s",
    "PT2H5M59S, 2 h 5 min",
    "PT49H, 49 h 0 min"
  })
  void saysDurationsAsPeopleDo(Duration duration, String said) {
    assertThat(Console.duration(duration)).isEqualTo(said);
  }

  private static String padded(String text) {
    return text + " ".repeat(70 - text.length());
  }

  private String shown() {
    return progress.toString(StandardCharsets.UTF_8);
  }

  private Console console(Console.Kind kind) {
    return new Console(
        new PrintStream(results, true, StandardCharsets.UTF_8),
        new PrintStream(progress, true, StandardCharsets.UTF_8),
        kind);
  }
}
