package org.mergetomix.expert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.family.FamilyFuzz;
import org.mergetomix.folder.ShardIndexFuzz;
import org.mergetomix.model.TokenizerSizeFuzz;
import org.mergetomix.safetensors.SafetensorsFuzz;

/**
 * Runs the fuzz targets on every input that was kept: what they start from, and what they once
 * found. Without the fuzzer, whose agent would slow down every other test.
 */
public class FuzzInputsTest {

  private static final Path RESOURCES = Path.of("src/test/resources/org/mergetomix");

  @ParameterizedTest
  @MethodSource
  void safetensors(Path input) throws IOException {
    new SafetensorsFuzz().anyHeaderAndDataAreReadOrRefused(Files.readAllBytes(input));
  }

  @ParameterizedTest
  @MethodSource
  void indexes(Path input) throws IOException {
    new ShardIndexFuzz().anyIndexIsReadOrRefused(Files.readAllBytes(input));
  }

  @ParameterizedTest
  @MethodSource
  void adapters(Path input) throws IOException {
    new AdapterFuzz().anyConfigurationAndFactorsAreReadOrRefused(Files.readAllBytes(input));
  }

  @ParameterizedTest
  @MethodSource
  void families(Path input) throws IOException {
    new FamilyFuzz().anyConfigurationIsReadOrRefused(Files.readAllBytes(input));
  }

  @ParameterizedTest
  @MethodSource
  void tokenizers(Path input) throws IOException {
    new TokenizerSizeFuzz().anyTokenizerIsCountedOrRefused(Files.readAllBytes(input));
  }

  static Stream<Path> families() throws IOException {
    return inputs("family/FamilyFuzzInputs/anyConfigurationIsReadOrRefused");
  }

  static Stream<Path> tokenizers() throws IOException {
    return inputs("model/TokenizerSizeFuzzInputs/anyTokenizerIsCountedOrRefused");
  }

  static Stream<Path> safetensors() throws IOException {
    return inputs("safetensors/SafetensorsFuzzInputs/anyHeaderAndDataAreReadOrRefused");
  }

  static Stream<Path> indexes() throws IOException {
    return inputs("folder/ShardIndexFuzzInputs/anyIndexIsReadOrRefused");
  }

  static Stream<Path> adapters() throws IOException {
    return inputs("expert/AdapterFuzzInputs/anyConfigurationAndFactorsAreReadOrRefused");
  }

  private static Stream<Path> inputs(String folder) throws IOException {
    try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
      return files.sorted().toList().stream();
    }
  }
}
