package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.data.DataRows.Placed;
import org.mergetomix.problem.UserException;

class AnswerColumnsTest {

  @TempDir private Path directory;

  @Test
  void readsTextsNumbersAndListsOfAnswers() throws IOException {
    AnswerColumns columns = new AnswerColumns(new TextTemplate("Q: {q.text}\nA:"), "a");

    assertThat(
            columns
                .read(
                    file(
                        "{\"q\": {\"text\": \"1+1\"}, \"a\": 2}",
                        "{\"q\": {\"text\": \"\"}, \"a\": \"x\"}",
                        "{\"q\": {\"text\": \"or\"}, \"a\": [\"x\", \"y\"]}"))
                .rows())
        .extracting(Placed::meaning)
        .containsExactly(
            new OpenQuestion("Q: 1+1\nA:", List.of("2")),
            new OpenQuestion("Q: \nA:", List.of("x")),
            new OpenQuestion("Q: or\nA:", List.of("x", "y")));
  }

  @Test
  void refusesWhatIsNoQuestion() throws IOException {
    List<DataFile> file =
        file(
            "{\"prompt\": \"p\"}",
            "{\"prompt\": \"p\", \"answer\": \"\"}",
            "{\"prompt\": \"p\", \"answer\": []}",
            "{\"prompt\": \"p\", \"answer\": [\"a\", \"\"]}",
            "{\"prompt\": \"p\", \"answer\": 0.5}",
            "{\"prompt\": \"p\", \"answer\": [1]}",
            "{\"prompt\": [], \"answer\": \"a\"}",
            "{\"question\": \"q\", \"answer\": \"a\"}");

    assertThatThrownBy(() -> AnswerColumns.UNSAID.read(file))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal ->
                assertThat(refusal.problems())
                    .extracting(
                        problem -> problem.where().replaceAll(".*:", "") + " " + problem.what())
                    .containsExactly(
                        "1 The row has no column answer",
                        "2 An answer is empty",
                        "3 There is no answer",
                        "4 An answer is empty",
                        "5 The column answer must be a text, a whole number or a list of texts,"
                            + " not number",
                        "6 The column answer must be a text, not number",
                        "7 The column prompt must be a text, not array",
                        "8 The row has no column prompt"));
  }

  private List<DataFile> file(String... lines) throws IOException {
    Path file = directory.resolve("rows.jsonl");
    Files.writeString(file, String.join("\n", lines));
    return List.of(DataFile.of(file));
  }
}
