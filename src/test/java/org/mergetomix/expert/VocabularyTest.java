package org.mergetomix.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mergetomix.safetensors.TensorFile.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.expert.ExpertPolicy.Vocabulary;
import org.mergetomix.problem.Problem;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

/** Experts whose tokens are not all the base's, or numbered otherwise. */
class VocabularyTest {

  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String OTHER = "model.norm.weight";

  @TempDir Path folder;

  /** Rows 10 20 30, of which the last stands for no token. */
  @BeforeEach
  void writesTheBase() throws IOException {
    model("base", 10, 20, 30);
    tokenizer("base", "a", "b");
  }

  @Test
  void refusesOtherRowsUnlessToldAndSaysWhatCanBeDone() throws IOException {
    Path expert = model("expert", 11, 21, 31, 41);

    assertThatThrownBy(() -> open(expert, Vocabulary.FAIL))
        .hasMessageContaining("rows 3 to 3 exist only in the expert")
        .hasMessageContaining("set vocabulary = base")
        .hasMessageContaining("merge-to-mix vocabulary");
  }

  @Test
  void leavesTokensOutThatTheBaseLacks() throws IOException {
    Path expert = model("expert", 11, 23, 35, 47);
    tokenizer("expert", "a", "b", "<x>", "<y>");

    try (Opened opened = open(expert, Vocabulary.BASE)) {
      // The base's third row fills its table up; the expert's stands for a token.
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 3, 0);
      assertThat(read(opened.delta, OTHER, 2)).containsExactly(0, 0);
      assertThat(opened.delta.absentRows(EMBEDDING)).containsExactly(2L);
      assertThat(opened.delta.absentRows(OTHER)).isEmpty();
      assertThat(opened.delta.warnings())
          .extracting(Problem::what)
          .containsExactly(
              "2 tokens that the base lacks are left out: <x>, <y>",
              "1 rows of model.embed_tokens.weight are left to the other experts, for this one"
                  + " lacks their tokens");
    }
  }

  @Test
  void takesRowsByTheirNumbersWithoutTokenizers() throws IOException {
    Path more = model("more", 11, 22, 33, 44);
    Path fewer = model("fewer", 11, 22);

    try (Opened opened = open(more, Vocabulary.BASE)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 2, 3);
      assertThat(opened.delta.absentRows(EMBEDDING)).isEmpty();
      assertThat(opened.delta.warnings())
          .extracting(Problem::what)
          .containsExactly(
              "The rows of model.embed_tokens.weight are taken by their numbers, 3 in the base and"
                  + " 4 in the expert");
    }
    try (Opened opened = open(fewer, Vocabulary.BASE)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 2, 0);
      assertThat(opened.delta.absentRows(EMBEDDING)).containsExactly(2L);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Vocabulary.class,
      names = {"BASE", "UNION"})
  void findsTokensThatAreNumberedOtherwise(Vocabulary vocabulary) throws IOException {
    tokenizer("base", "a", "<x>", "<y>");
    Path expert = model("expert", 11, 32, 23);
    tokenizer("expert", "a", "<y>", "<x>");

    try (Opened opened = open(expert, vocabulary)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 3, 2);
      assertThat(opened.delta.absentRows(EMBEDDING)).isEmpty();
      float[] middle = new float[1];
      opened.delta.read(EMBEDDING, 1, middle, 1);
      assertThat(middle).containsExactly(3);
    }
  }

  @Test
  void saysNothingWhereAllTokensAreTheSame() throws IOException {
    Path expert = model("expert", 11, 22, 33);
    tokenizer("expert", "a", "b");

    try (Opened opened = open(expert, Vocabulary.UNION)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 2, 3);
      assertThat(opened.delta.warnings()).isEmpty();
    }
  }

  @Test
  void refusesTokensThatAUnionLacks() throws IOException {
    Path expert = model("expert", 11, 22, 33);
    tokenizer("expert", "a", "b", "<x>");

    assertThatThrownBy(() -> open(expert, Vocabulary.UNION))
        .hasMessageContaining("The base lacks 1 tokens of the expert: <x>");
  }

  @Test
  void refusesAUnionOfUnknownTokens() throws IOException {
    Path expert = model("expert", 11, 22, 33, 44);

    assertThatThrownBy(() -> open(expert, Vocabulary.UNION))
        .hasMessageContaining("needs the tokenizers of base and expert");
  }

  @Test
  void refusesDeltas() throws IOException {
    Path expert = folder.resolve("delta");
    new TensorFile()
        .metadata(ExpertKind.METADATA, "delta")
        .f32(EMBEDDING, List.of(3, 1), 1, 2, 3)
        .f32(OTHER, List.of(2), 0, 0)
        .write(expert);

    assertThatThrownBy(() -> open(expert, Vocabulary.BASE))
        .hasMessageContaining("vocabulary = base is for whole checkpoints and adapters");
  }

  /** A table of something else than tokens may have as many rows. */
  @Test
  void keepsToTheTablesOfAVocabulary() throws IOException {
    new TensorFile()
        .f32(EMBEDDING, List.of(3, 1), 10, 20, 30)
        .f32("score.weight", List.of(3, 1), 1, 2, 3)
        .write(folder("base").resolve("model.safetensors"));
    Path expert = folder("expert");
    new TensorFile()
        .f32(EMBEDDING, List.of(3, 1), 10, 20, 30)
        .f32("score.weight", List.of(4, 1), 1, 2, 3, 4)
        .write(expert.resolve("model.safetensors"));

    assertThatThrownBy(() -> open(expert, Vocabulary.BASE))
        .hasMessageContaining("Expected F32 [3, 1] as in the base, found F32 [4, 1]");
  }

  @Test
  void readsTheEmbeddingsThatAnAdapterSavedWhole() throws IOException {
    Path adapter = folder("adapter");
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [],
         "modules_to_save": ["embed_tokens"]}
        """);
    new TensorFile()
        .f32("base_model.model.model.embed_tokens.weight", List.of(4, 1), 11, 47, 23, 35)
        .write(adapter.resolve("adapter_model.safetensors"));
    tokenizer("adapter", "a", "<x>", "b");

    try (Opened opened = open(adapter, Vocabulary.BASE)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(1, 3, 0);
      assertThat(opened.delta.absentRows(EMBEDDING)).containsExactly(2L);
    }
    assertThatThrownBy(() -> open(adapter, Vocabulary.FAIL))
        .hasMessageContaining("set vocabulary = base");
  }

  /** It cannot have a say in rows of tokens that it does not know, though it left them alone. */
  @Test
  void looksAtTheTokenizerOfAnExpertWithoutTables() throws IOException {
    tokenizer("base", "a", "b", "<x>");
    Path adapter = folder("adapter");
    Files.writeString(
        adapter.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [],
         "modules_to_save": ["norm"]}
        """);
    new TensorFile()
        .f32("base_model.model.model.norm.weight", List.of(2), 3, 4)
        .write(adapter.resolve("adapter_model.safetensors"));

    try (Opened opened = open(adapter, Vocabulary.UNION)) {
      assertThat(opened.delta.absentRows(EMBEDDING)).isEmpty();
    }
    tokenizer("adapter", "a", "b");
    try (Opened opened = open(adapter, Vocabulary.UNION)) {
      assertThat(read(opened.delta, EMBEDDING, 3)).containsExactly(0, 0, 0);
      assertThat(opened.delta.absentRows(EMBEDDING)).containsExactly(2L);
    }
  }

  private record Opened(Checkpoint base, Delta delta) implements AutoCloseable {
    @Override
    public void close() {
      delta.close();
      base.close();
    }
  }

  private Opened open(Path expert, Vocabulary vocabulary) {
    Checkpoint base = BaseCheckpoint.open(folder.resolve("base"));
    try {
      return new Opened(base, Delta.open(base, expert, ExpertPolicy.STRICT.vocabulary(vocabulary)));
    } catch (RuntimeException failure) {
      base.close();
      throw failure;
    }
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private Path model(String name, float... rows) throws IOException {
    Path model = folder(name);
    new TensorFile()
        .f32(EMBEDDING, List.of(rows.length, 1), rows)
        .f32(OTHER, List.of(2), 1, 2)
        .write(model.resolve("model.safetensors"));
    return model;
  }

  /** Of letters in the model, and of others that were added to it. */
  private void tokenizer(String name, String... tokens) throws IOException {
    String added =
        IntStream.range(0, tokens.length)
            .filter(number -> tokens[number].startsWith("<"))
            .mapToObj(
                number -> "{\"id\": %s, \"content\": \"%s\"}".formatted(number, tokens[number]))
            .collect(Collectors.joining(", "));
    String own =
        IntStream.range(0, tokens.length)
            .filter(number -> !tokens[number].startsWith("<"))
            .mapToObj(number -> "\"%s\": %s".formatted(tokens[number], number))
            .collect(Collectors.joining(", "));
    Files.writeString(
        folder(name).resolve("tokenizer.json"),
        "{\"added_tokens\": [%s], \"model\": {\"vocab\": {%s}}}".formatted(added, own));
  }
}
