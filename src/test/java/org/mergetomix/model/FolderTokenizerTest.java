package org.mergetomix.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.UserException;

class FolderTokenizerTest {

  private static final Path FOLDERS =
      Path.of("src", "test", "resources", "org", "mergetomix", "model", "tokenizers");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"byte-level", "byte-fallback"})
  void givesTheTokensOfThePythonPackage(String name) throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(FOLDERS.resolve(name).resolve("expected.json").toFile());
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve(name))) {
      for (JsonNode text : expected) {
        String words = text.path("text").asText();
        assertThat(tokenizer.encode(words)).as(words).isEqualTo(numbers(text.path("plain")));
        assertThat(tokenizer.encodeWhole(words)).as(words).isEqualTo(numbers(text.path("whole")));
        assertThat(tokenizer.decode(numbers(text.path("whole"))))
            .isEqualTo(text.path("decoded").asText());
      }
    }
  }

  @Test
  void neverCutsOrPadsWhateverTheFileSays() throws IOException {
    assertThat(FOLDERS.resolve("byte-level").resolve(FolderTokenizer.FILE))
        .content()
        .contains("\"truncation\":{", "\"padding\":{");
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-level"))) {
      assertThat(tokenizer.encode("word ".repeat(2000))).hasSizeGreaterThan(2000);
      assertThat(tokenizer.encode("a")).hasSize(1);
    }
  }

  @Test
  void knowsTheTokensAroundTexts() {
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-level"))) {
      assertThat(tokenizer.vocabulary()).isEqualTo(340);
      assertThat(tokenizer.begin()).hasValue(0);
      assertThat(tokenizer.end()).hasValue(1);
      assertThat(tokenizer.padding()).hasValue(2);
    }
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-fallback"))) {
      assertThat(tokenizer.end()).hasValue(2);
      assertThat(tokenizer.padding()).isEmpty();
    }
  }

  @Test
  void isUsedBySeveralThreads() {
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-level"))) {
      int[] alone = tokenizer.encode("The quick brown fox");

      assertThat(
              IntStream.range(0, 400)
                  .parallel()
                  .mapToObj(i -> tokenizer.encode("The quick brown fox")))
          .allSatisfy(tokens -> assertThat(tokens).isEqualTo(alone));
    }
  }

  @Test
  void beginsScoringAsTheModelSaysWhereTheTokenizerDoesNot() throws IOException {
    Files.copy(
        FOLDERS.resolve("byte-level").resolve(FolderTokenizer.FILE),
        directory.resolve(FolderTokenizer.FILE));
    Files.writeString(directory.resolve("tokenizer_config.json"), "{\"model_max_length\": 9}");
    assertThatThrownBy(() -> TokenizerFiles.read(directory).prefix())
        .hasMessageStartingWith("The tokenizer has no token that begins or ends a text");

    Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 1}");
    assertThat(TokenizerFiles.read(directory).prefix()).isEqualTo(1);
    Files.writeString(directory.resolve("config.json"), "{\"bos_token_id\": 340}");
    assertThatThrownBy(() -> TokenizerFiles.read(directory).prefix())
        .isInstanceOf(UserException.class);
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-level"))) {
      assertThat(tokenizer.prefix()).isEqualTo(tokenizer.begin().getAsInt());
    }
  }

  @Test
  void doesNotFitASmallerVocabulary() {
    try (FolderTokenizer tokenizer = FolderTokenizer.open(FOLDERS.resolve("byte-level"))) {
      assertThat(tokenizer.mismatch(340)).isEmpty();
      assertThat(tokenizer.mismatch(384)).isEmpty();
      assertThat(tokenizer.mismatch(339))
          .hasValueSatisfying(
              problem ->
                  assertThat(problem.message())
                      .contains("tokens up to 339", "ends at 338", FolderTokenizer.FILE));
    }
  }

  @Test
  void saysHowToConvertSentencePieces() throws IOException {
    assertThatThrownBy(() -> FolderTokenizer.open(directory))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no tokenizer.json");

    Files.writeString(directory.resolve("tokenizer.model"), "");
    assertThatThrownBy(() -> FolderTokenizer.open(directory))
        .hasMessageContaining("tokenizer.model but no tokenizer.json")
        .hasMessageContaining("AutoTokenizer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{\"model\": 3}",
        "{\"model\": {\"vocab\": {\"a\": \"b\"}}}",
        "{\"model\": {\"vocab\": {\"a\": -1}}}",
        "{\"model\": {\"vocab\": {\"a\": 99999999999}}}",
        "{\"model\": {\"vocab\": {\"a\": 0}}, \"model\": {\"vocab\": {\"a\": 0}}}",
        "{\"added_tokens\": [{\"id\": 1.5, \"content\": \"a\"}]}",
        "{\"model\": {\"type\": \"Other\", \"vocab\": {\"a\": 0}}}",
      })
  void refusesWhatIsDamaged(String content) throws IOException {
    Files.writeString(directory.resolve(FolderTokenizer.FILE), content);

    assertThatThrownBy(() -> FolderTokenizer.open(directory))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(FolderTokenizer.FILE);
  }

  private static int[] numbers(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
