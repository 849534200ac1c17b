package org.mergetomix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls and words that may not stand in the sources. The compiler allows them; we do not. */
class SourceRulesTest {

  private static final Path MAIN = Path.of("src", "main", "java");
  private static final Path TEST = Path.of("src", "test", "java");

  private static final String LITERAL = "\"(?:[^\"\\\\\n]|\\\\.)*\"";

  static Stream<Ban> bans() {
    return Stream.of(
        new Ban("\\bSystem\\.exit\\s*\\(", "only the main class ends the process", MAIN)
            .except("MergeToMix.java"),
        new Ban("\\bDataType\\.BFLOAT16\\b", "DJL aborts the JVM on bf16: widen it first", MAIN),
        new Ban("\\bnewBaseManager\\b", "native memory hangs off the runtime's managers", MAIN)
            .except("ExecutorRuntime.java"),
        new Ban("\\bObjectInputStream\\b", "nothing is ever unpickled", MAIN),
        new Ban("\\b(TO[D]O|FIX[M]E|X[X]X)\\b", "finish it, or file an issue", MAIN, TEST),
        new Ban(
            "\\b(Thread|TimeUnit\\.\\w+|[A-Z]+SECONDS)\\.sleep\\b",
            "wait for a condition, not for time",
            MAIN,
            TEST),
        new Ban(
            "String\\.format\\((?!\\s*Locale\\.ROOT)|\\bprintf\\(|\\.to(Lower|Upper)Case\\(\\)"
                + "|\\b(DecimalFormat|NumberFormat)\\b"
                + "|\\bDateTimeFormatter\\.ofPattern\\((?!\\w+, Locale\\.)",
            "what is written does not depend on the user's locale: give Locale.ROOT",
            MAIN),
        new Ban(
                LITERAL + "(\\s*[+:]\\s*" + LITERAL + ")*\\s*\\)*\\s*\\.formatted\\(",
                "formatted() writes numbers with the user's digits: take %s, which does not,"
                    + " or String.format(Locale.ROOT, ...)",
                MAIN)
            .onlyWith("(?<!%)(%%)*%[-#+ 0,(]*\\d*(\\.\\d+)?[dfeEgGt]"),
        new Ban(
            "\\.formatted\\((?<!\"\\s{0,80}\\)?\\s{0,80}\\.formatted\\()",
            "the format stands before formatted(), so that its numbers can be seen",
            MAIN));
  }

  @ParameterizedTest
  @MethodSource("bans")
  void containsNothingBanned(Ban ban) {
    assertThat(ban.findings()).as(ban.reason()).isEmpty();
  }

  @Test
  void findsWhatIsBanned() {
    Ban ban = new Ban("\\bclass Source[R]ulesTest\\b", "a class that surely exists", TEST);

    assertThat(ban.findings())
        .singleElement()
        .asString()
        .startsWith("src/test/java/org/mergetomix/SourceRulesTest.java:")
        .endsWith(": class Source" + "RulesTest");
    assertThat(ban.except("SourceRulesTest.java").findings()).isEmpty();
  }

  @Test
  void saysInEachPackageWhatItIsFor() {
    List<Path> silent =
        javaFiles(MAIN).stream()
            .map(Path::getParent)
            .distinct()
            .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
            .toList();

    assertThat(silent).as("packages without a package-info.java").isEmpty();
  }

  private static List<Path> javaFiles(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * A pattern that no file may match, below some roots, but for the files of one name.
   *
   * @param within what a match has to hold itself to be an offence
   */
  private record Ban(
      Pattern pattern,
      Pattern within,
      String reason,
      List<Path> roots,
      Optional<String> exceptedFile) {

    Ban(String pattern, String reason, Path... roots) {
      this(Pattern.compile(pattern), Pattern.compile(""), reason, List.of(roots), Optional.empty());
    }

    Ban except(String fileName) {
      return new Ban(pattern, within, reason, roots, Optional.of(fileName));
    }

    Ban onlyWith(String part) {
      return new Ban(pattern, Pattern.compile(part), reason, roots, exceptedFile);
    }

    /** Each offence as {@code file:line: what was found}. */
    List<String> findings() {
      List<String> findings = new ArrayList<>();
      for (Path root : roots) {
        for (Path file : javaFiles(root)) {
          if (!exceptedFile.equals(Optional.of(file.getFileName().toString()))) {
            addFindings(file, findings);
          }
        }
      }
      return findings;
    }

    private void addFindings(Path file, List<String> findings) {
      String text = read(file);
      Matcher match = pattern.matcher(text);
      while (match.find()) {
        if (within.matcher(match.group()).find()) {
          long line = 1 + text.chars().limit(match.start()).filter(c -> c == '\n').count();
          findings.add(file + ":" + line + ": " + match.group());
        }
      }
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    @Override
    public String toString() {
      return pattern.pattern();
    }
  }
}
