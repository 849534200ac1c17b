package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.UserException;

class ChoiceColumnsTest {

  private static final ChoiceColumns NAMED =
      new ChoiceColumns(
          new TextTemplate("{{Q {n}}}: {question}\n$1A:"),
          new Choices.OfColumn("options.text"),
          "right",
          "");

  @TempDir private Path directory;

  @Test
  void readsQuestionsByTheNamesOfTheManifest() throws IOException {
    assertThat(
            read(
                NAMED,
                "{\"n\": 7, \"question\": \"why {x}\", \"options\": {\"text\": [\"a\", \"b\"]},"
                    + " \"right\": \"b\"}"))
        .containsExactly(new Question("{Q 7}: why {x}\n$1A:", List.of("a", "b"), 1));
    assertThat(
            read(
                ChoiceColumns.UNSAID,
                "{\"context\": \"\", \"choices\": [\"a\", \"a\"], \"answer\": 1}"))
        .containsExactly(new Question("", List.of("a", "a"), 1));
  }

  @Test
  void takesLabelsForChoices() throws IOException {
    ChoiceColumns labels =
        new ChoiceColumns(
            new TextTemplate("{text}"), new Choices.Labels(List.of("bad", "good")), "label", " ");

    assertThat(read(labels, "{\"text\": \"a\", \"label\": \"good\"}"))
        .containsExactly(new Question("a", List.of("bad", "good"), 1));
    assertThat(read(labels, "{\"text\": \"b\", \"label\": 0}"))
        .containsExactly(new Question("b", List.of("bad", "good"), 0));
    assertThatThrownBy(() -> read(labels, "{\"text\": \"a\", \"label\": \"fair\"}"))
        .hasMessageContaining("The answer \"fair\" is none of the choices");
  }

  @Test
  void refusesWhatIsNoQuestion() throws IOException {
    String context = "{\"context\": \"c\", ";
    Path file =
        write(
            context + "\"choices\": [\"a\", \"b\"], \"answer\": 2}",
            context + "\"choices\": [\"a\", \"b\"], \"answer\": -1}",
            context + "\"choices\": [\"a\", \"b\"], \"answer\": \"B\"}",
            context + "\"choices\": [\"a\", \"b\"], \"answer\": 0.5}",
            context + "\"choices\": [\"a\"], \"answer\": 0}",
            context + "\"choices\": [\"a\", \"\"], \"answer\": 0}",
            context + "\"choices\": \"ab\", \"answer\": 0}",
            context + "\"choices\": [\"a\", 1], \"answer\": 0}",
            "{\"choices\": [\"a\", \"b\"], \"answer\": 0}");

    assertThatThrownBy(() -> ChoiceColumns.UNSAID.read(List.of(DataFile.of(file))))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(
                        problem -> problem.where().replace(file + ":", "") + " " + problem.what())
                    .containsExactly(
                        "1 The answer 2 is outside the choices, which are 0 to 1",
                        "2 The answer -1 is outside the choices, which are 0 to 1",
                        "3 The answer \"B\" is none of the choices",
                        "4 The column answer must be the number of a choice or its text, not"
                            + " number",
                        "5 There must be two choices or more, not 1",
                        "6 A choice is empty",
                        "7 The column choices must be a list of texts, not string",
                        "8 The column choices must be a text, not number",
                        "9 The row has no column context"));
  }

  @Test
  void refusesTemplatesWithoutSense() {
    assertThatThrownBy(() -> new TextTemplate("a { b")).hasMessageStartingWith("has a brace alone");
    assertThatThrownBy(() -> new TextTemplate("a {b}}")).hasMessageStartingWith("has a brace");
    assertThatThrownBy(() -> new TextTemplate("a { }")).hasMessageStartingWith("has braces around");
  }

  private List<Question> read(ChoiceColumns columns, String line) throws IOException {
    return columns.read(List.of(DataFile.of(write(line)))).rows().stream()
        .map(DataRows.Placed::meaning)
        .toList();
  }

  private Path write(String... lines) throws IOException {
    return Files.writeString(directory.resolve("q.jsonl"), String.join("\n", lines));
  }
}
