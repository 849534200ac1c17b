package org.mergetomix.data.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the fuzz target on every input that was kept, without the fuzzer. */
class ChatTemplateFuzzInputsTest {

  private static final Path INPUTS =
      Path.of(
          "src/test/resources/org/mergetomix/data/template/ChatTemplateFuzzInputs",
          "anyTemplateIsRenderedOrRefused");

  @ParameterizedTest
  @MethodSource
  void templates(Path input) throws IOException {
    new ChatTemplateFuzz().anyTemplateIsRenderedOrRefused(Files.readAllBytes(input));
  }

  static Stream<Path> templates() throws IOException {
    try (Stream<Path> files = Files.list(INPUTS)) {
      return files.sorted().toList().stream();
    }
  }
}
