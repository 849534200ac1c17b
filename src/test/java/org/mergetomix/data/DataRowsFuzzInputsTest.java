package org.mergetomix.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the fuzz target on every input that was kept, without the fuzzer. */
class DataRowsFuzzInputsTest {

  private static final Path INPUTS =
      Path.of(
          "src/test/resources/org/mergetomix/data/DataRowsFuzzInputs", "anyFileIsReadOrRefused");

  @ParameterizedTest
  @MethodSource
  void files(Path input) throws IOException {
    new DataRowsFuzz().anyFileIsReadOrRefused(Files.readAllBytes(input));
  }

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(INPUTS)) {
      return files.sorted().toList().stream();
    }
  }
}
