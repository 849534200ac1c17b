package org.mergetomix.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PythonPatternTest {

  /** What {@code re.findall} of Python 3.11 gave. */
  static Stream<Arguments> found() {
    return Stream.of(
        Arguments.of(".*", " 4", "[[ 4], []]"),
        Arguments.of("(a)|(b)", "ab", "[[a, ], [, b]]"),
        Arguments.of("\\w+", "naïve½ e\u0301 _x", "[[naïve½], [e], [_x]]"),
        Arguments.of("\\d+", "١٢3½", "[[١٢3]]"),
        Arguments.of("[]\\[&&x]+", "a]&[x", "[[]&[x]]"),
        Arguments.of("x$", "x\n", "[[x]]"),
        Arguments.of("x.", "x\r", "[[x\r]]"),
        Arguments.of("[\\s\\S]", "\n", "[[\n]]"),
        Arguments.of("[^\\s\\d]", "1 a", "[[a]]"),
        Arguments.of("a\\Z", "a\n", "[]"),
        Arguments.of("(?P<final_answer>b)", "abc", "[[b]]"),
        Arguments.of("(?i)É", "é", "[[é]]"),
        Arguments.of("\\S\\W\\v", "a-\u000b", "[[a-\u000b]]"));
  }

  @ParameterizedTest
  @MethodSource("found")
  void findsWhatPythonDoes(String pattern, String text, String found) {
    assertThat(new PythonPattern(pattern).compiled().findAll(text)).hasToString(found);
  }

  @Test
  void takesOutAllThatMatches() {
    assertThat(new PythonPattern("\\s").compiled().removedFrom("a\u001c\u0085\u2003b"))
        .isEqualTo("ab");
    assertThat(new PythonPattern("b*").compiled().removedFrom("abbc")).isEqualTo("ac");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(|is no regular expression: unclosed group",
        "a{,3}|is no regular expression: illegal repetition",
        "\\p{L}|has \\p, which is not known here",
        "\\N{DASH}|has \\N, which is not known here",
        "[^\\W]|has [^\\W], which is not known here",
        "(?P=x)|has (?P=, which is not known here",
        "a\\|ends with a backslash",
        "[a|is no regular expression: unclosed character class"
      })
  void refusesWhatItCannotDoAsPythonDoes(String pattern, String message) {
    assertThatThrownBy(() -> new PythonPattern(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void comesToAnEnd() {
    PythonPattern.Compiled endless = new PythonPattern("(x+x+)+y").compiled();

    assertThatThrownBy(() -> endless.findAll("x".repeat(200)))
        .isInstanceOf(BoundedPattern.TooLong.class);
    assertThatThrownBy(() -> new PythonPattern("a".repeat(1001)))
        .hasMessage("is longer than 1000 characters");
  }

  @Test
  void doesNotOverflowTheStack() {
    PythonPattern.Compiled deep = new PythonPattern("(?:.|\\n)*").compiled();
    String text = "x".repeat(100_000);

    assertThatThrownBy(() -> deep.findAll(text)).isInstanceOf(BoundedPattern.TooLong.class);
    assertThatThrownBy(() -> deep.removedFrom(text)).isInstanceOf(BoundedPattern.TooLong.class);
  }

  @Test
  void comparesByWhatIsWritten() {
    assertThat(new PythonPattern("a+")).isEqualTo(new PythonPattern("a+"));
    assertThat(List.of(new PythonPattern("a+"))).doesNotContain(new PythonPattern("a*"));
  }
}
