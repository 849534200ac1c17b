package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.mergetomix.problem.UserException;

/**
 * Whatever a file of JSON Lines holds, its rows are read or refused with a message, as training
 * data and as questions of every kind. {@link DataRowsFuzzInputsTest} runs the inputs that were
 * kept; CONTRIBUTING says how to look for more.
 */
class DataRowsFuzz {

  private static final Path FILE = file();

  private static final List<Function<List<DataFile>, DataRows<?>>> READINGS =
      List.of(
          files -> ExampleRows.read(files, RowColumns.UNSAID),
          ChoiceColumns.UNSAID::read,
          AnswerColumns.UNSAID::read,
          new ChoiceColumns(
                  new TextTemplate("{text}: {a.b}"),
                  new Choices.Labels(List.of("bad", "good")),
                  "label",
                  " ")
              ::read);

  private static Path file() {
    try {
      Path file = Files.createTempFile("rows", ".jsonl");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The input is a file. */
  @FuzzTest(maxDuration = "10m")
  void anyFileIsReadOrRefused(byte[] rows) throws IOException {
    Files.write(FILE, rows);
    for (Function<List<DataFile>, DataRows<?>> reading : READINGS) {
      try {
        DataRows<?> read = reading.apply(List.of(DataFile.of(FILE)));
        assertThat(read.rows()).isNotEmpty();
        assertThat(read.counts().kept()).isEqualTo(read.rows().size());
      } catch (UserException refused) {
        assertThat(refused.problems()).isNotEmpty();
        assertThat(refused).hasMessageContaining(FILE.getFileName().toString());
      }
    }
  }
}
