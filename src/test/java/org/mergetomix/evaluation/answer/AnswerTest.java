package org.mergetomix.evaluation.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.pattern.PythonPattern;

/** What becomes of a text that a model wrote. */
class AnswerTest {

  @Test
  void endsATextBeforeTheEarliestStop() {
    TextEnding ending = new TextEnding(List.of("\n\n", "Q:"), 10);

    assertThat(ending.cut("4 Q: 5\n\n6")).isEqualTo("4 ");
    assertThat(ending.cut("4\n5")).isEqualTo("4\n5");
    assertThat(ending.ends("4 Q")).isFalse();
    assertThat(ending.ends("4 Q:")).isTrue();
    assertThat(new TextEnding(List.of(), 1).cut("a\n\n")).isEqualTo("a\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "(\\d+)|FIRST|is 12 or 13|12",
        "(\\d+)|LAST|is 12 or 13|12 and 13",
        "\\d+ |FIRST|is 12 or|12",
        "#### (-?[0-9,]+)|FIRST|so #### -1,234.|-1,234",
        "x(a)?(b)?|FIRST|xb|b",
      })
  void findsAnAnswer(String pattern, AnswerFilter.Take take, String text, String answer) {
    String expected = answer.contains(" and ") ? answer.substring(answer.length() - 2) : answer;

    assertThat(filter(pattern, take).answer(text)).contains(expected);
  }

  @Test
  void findsNoneWhereNothingMatchesOrTheGroupsAreEmpty() {
    assertThat(filter("(\\d+)", AnswerFilter.Take.FIRST).answer("none")).isEmpty();
    assertThat(filter("x(a)?(b)?", AnswerFilter.Take.FIRST).answer("x")).isEmpty();
  }

  private static AnswerFilter.Ready filter(String pattern, AnswerFilter.Take take) {
    return new AnswerFilter(new PythonPattern(pattern), take).ready();
  }

  @Test
  void ignoresWhatIsNamed() {
    String text = "The Ärger, 12 {x}!";

    assertThat(Normalisation.NONE.ready().of(text)).isEqualTo(text);
    assertThat(ignoring(Normalisation.Ignored.CASE)).isEqualTo("the ärger, 12 {x}!");
    assertThat(ignoring(Normalisation.Ignored.PUNCTUATION)).isEqualTo("The Ärger 12 x");
    assertThat(ignoring(Normalisation.Ignored.NUMBERS)).isEqualTo("The Ärger,  {x}!");
    assertThat(
            new Normalisation(
                    List.of(Normalisation.Ignored.values()),
                    List.of(new PythonPattern("^The\\s"), new PythonPattern(" ")))
                .ready()
                .of(text))
        .as("patterns see the text as it is")
        .isEqualTo("ärgerx");
  }

  private static String ignoring(Normalisation.Ignored what) {
    return new Normalisation(List.of(what), List.of()).ready().of("The Ärger, 12 {x}!");
  }

  @Test
  void takesAllPunctuationOfAscii() {
    StringBuilder punctuation = new StringBuilder();
    for (char character = 33; character < 127; character++) {
      if (!Character.isLetterOrDigit(character)) {
        punctuation.append(character);
      }
    }
    Normalisation.Ready ready =
        new Normalisation(List.of(Normalisation.Ignored.PUNCTUATION), List.of()).ready();

    assertThat(punctuation).hasSize(32);
    assertThat(Optional.of(ready.of(punctuation + "aZ09 «—»"))).contains("aZ09 «—»");
  }
}
