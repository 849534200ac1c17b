package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompanionsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer.model",
        "qwen.tiktoken",
        "vocab.json",
        "vocab.bpe",
        "merges.txt",
        "chat_template.jinja",
        "LICENSE",
        "LICENSE.txt",
        "LICENSE-APACHE",
        "NOTICE",
        "USE_POLICY.md",
        "modeling_own.py"
      })
  void goesWithTheModel(String name) {
    assertThat(Companions.isOne(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "model.safetensors.index.json",
        "pytorch_model.bin.index.json",
        "pytorch_model.bin",
        "adapter_config.json",
        "adapter_model.safetensors",
        "mixture.json",
        "mergekit.yaml",
        "README.md",
        "optimizer.pt"
      })
  void belongsToItsFolderAlone(String name) {
    assertThat(Companions.isOne(name)).isFalse();
  }

  @Test
  void takesCodeOnlyWhereThatIsSaidAndTemplatesAsAFolder() throws IOException {
    Files.createDirectories(folder.resolve("additional_chat_templates"));
    Files.writeString(folder.resolve("additional_chat_templates/tool_use.jinja"), "12345");
    Files.createDirectories(folder.resolve("onnx"));
    Files.writeString(folder.resolve("onnx/config.json"), "{}");
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("modeling_own.py"), "123");

    assertThat(names(Companions.of(folder)))
        .containsExactly("additional_chat_templates", "config.json");
    assertThat(names(Companions.of(folder, Companions.Code.TAKEN)))
        .containsExactly("additional_chat_templates", "config.json", "modeling_own.py");
    assertThat(Companions.code(folder)).containsExactly("modeling_own.py");
    assertThat(Companions.bytes(folder)).isEqualTo(5 + 2 + 3);
  }

  @Test
  void findsNoneBesideABaseThatIsAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("base.safetensors"), "");

    assertThat(Companions.of(file)).isEmpty();
    assertThat(Companions.bytes(file)).isZero();
  }

  private static List<String> names(List<Path> paths) {
    return paths.stream().map(path -> path.getFileName().toString()).toList();
  }
}
