package org.mergetomix.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class DataLinesTest {

  @TempDir private Path directory;

  @Test
  void readsAnExampleALine() throws IOException {
    assertThat(read("Alemanya\nFrança\n")).containsExactly("Alemanya", "França");
  }

  @Test
  void needsNoNewlineAtTheEnd() throws IOException {
    assertThat(read("Alemanya\nFrança")).containsExactly("Alemanya", "França");
  }

  @Test
  void readsTheLineEndsOfEverySystem() throws IOException {
    assertThat(read("one\r\ntwo\rthree\n")).containsExactly("one", "two", "three");
  }

  @Test
  void leavesBlankLinesOut() throws IOException {
    assertThat(read("\n\none\n \t\n\r\ntwo\n\n")).containsExactly("one", "two");
  }

  @Test
  void keepsSpacesWithinAnExample() throws IOException {
    assertThat(read(" one two \n")).containsExactly(" one two ");
  }

  @Test
  void leavesAByteOrderMarkOut() throws IOException {
    assertThat(read("\uFEFFone\n\uFEFFtwo\n")).containsExactly("one", "\uFEFFtwo");
    assertThat(read("\uFEFF\none\n")).containsExactly("one");
  }

  @Test
  void readsCharactersAcrossABuffersEnd() throws IOException {
    List<String> lines = Collections.nCopies(3000, "x" + "€🙂é");

    assertThat(read(String.join("\n", lines))).isEqualTo(lines);
  }

  @Test
  void saysWhichLineIsNotUtf8() throws IOException {
    Path file = write("un\n\ndia\nà\n".getBytes(StandardCharsets.ISO_8859_1));

    assertRefused(
        file, "Not UTF-8 text (" + file + ":4). Convert it to UTF-8, one example a line.");
  }

  @Test
  void refusesACharacterThatEndsTooEarly() throws IOException {
    Path file = write(new byte[] {'a', '\n', 'b', (byte) 0xC3});

    assertRefused(
        file, "Not UTF-8 text (" + file + ":2). Convert it to UTF-8, one example a line.");
  }

  @Test
  void refusesAFileWithoutExamples() throws IOException {
    for (String text : List.of("", "\n \n", "\uFEFF")) {
      Path file = write(text.getBytes(StandardCharsets.UTF_8));
      assertRefused(file, "The data holds no example (" + file + "). Write one example a line.");
    }
  }

  @Test
  void saysThatTheFileIsMissing() {
    Path file = directory.resolve("ca.txt");

    assertRefused(file, "Data file not found (" + file + "). Correct its path in the manifest.");
  }

  @Test
  void refusesADirectory() {
    assertRefused(
        directory,
        "Cannot read the data: Is a directory ("
            + directory
            + "). Make it a readable text file, one example a line.");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysThatTheFileMayNotBeRead() throws IOException {
    Path file = write("one\n".getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
    assumeThat(Files.isReadable(file)).as("root may read everything").isFalse();

    assertRefused(
        file,
        "No permission to read the data ("
            + file
            + "). Give read permission to the user that runs this.");
  }

  private List<String> read(String text) throws IOException {
    return texts(write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("data.txt"), bytes);
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> texts(file))
        .isInstanceOf(UserException.class)
        .hasMessage(message)
        .extracting(failure -> ((UserException) failure).exitCode())
        .isEqualTo(ExitCode.INPUT);
  }

  private static List<String> texts(Path file) {
    return ExampleRows.read(List.of(DataFile.of(file)), RowColumns.UNSAID).rows().stream()
        .map(row -> ((Example.PlainText) row.meaning()).text())
        .toList();
  }
}
