package org.mergetomix.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class FileProblemsTest {

  private static final Path FILE = Path.of("out", "expert.safetensors");

  @Test
  @EnabledOnOs(OS.LINUX)
  void recognisesAFullDisk() {
    IOException full = catchThrowableOfType(IOException.class, FileProblemsTest::writeToFullDisk);

    assertMessage(
        FileProblems.writing(FILE, full),
        "The disk is full (out/expert.safetensors). Free some space, or choose an output directory"
            + " on another disk.");
  }

  @Test
  void takesNoWordFromTheNameOfAFile() {
    FileSystemException failure =
        new FileSystemException("quota/permission denied", null, "Input/output error");

    assertThat(FileFailure.of(failure)).isEqualTo(FileFailure.OTHER);
  }

  @Test
  void tellsThatWritingIsNotPermitted() {
    assertMessage(
        FileProblems.writing(FILE, new AccessDeniedException(FILE.toString())),
        "No permission to write the file (out/expert.safetensors). Give write permission on its"
            + " directory to the user that runs this, or choose another output directory.");
  }

  @Test
  void tellsThatReadingIsNotPermitted() {
    assertMessage(
        FileProblems.reading(FILE, new AccessDeniedException(FILE.toString())),
        "No permission to read the file (out/expert.safetensors). Give read permission to the user"
            + " that runs this.");
  }

  @Test
  void tellsThatAFileWentAway() {
    assertMessage(
        FileProblems.reading(FILE, new NoSuchFileException(FILE.toString())),
        "The file does not exist (out/expert.safetensors). Check the path, and that it can be"
            + " reached from this machine.");
  }

  @Test
  void passesOnWhatTheSystemSays() {
    assertMessage(
        FileProblems.reading(FILE, new IOException("Input/output error")),
        "The file cannot be read: Input/output error (out/expert.safetensors). Check the disk or"
            + " the mount it lies on.");
    assertMessage(
        FileProblems.writing(FILE, new IOException("Read-only file system")),
        "The file cannot be written: Read-only file system (out/expert.safetensors). Check that its"
            + " directory can be created and written, and that the disk has room.");
  }

  @Test
  void anInterruptIsNotTheUsersProblem() {
    assertThat(FileProblems.reading(FILE, new ClosedByInterruptException()))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(FileProblems.writing(FILE, new ClosedByInterruptException()))
        .isInstanceOf(UncheckedIOException.class);
  }

  private static void writeToFullDisk() throws IOException {
    try (FileOutputStream full = new FileOutputStream("/dev/full")) {
      full.write(1);
    }
  }

  private static void assertMessage(RuntimeException problem, String message) {
    assertThat(problem)
        .isInstanceOf(UserException.class)
        .hasMessage(message)
        .hasCauseInstanceOf(IOException.class);
    assertThat(((UserException) problem).exitCode()).isEqualTo(ExitCode.INPUT);
  }
}
