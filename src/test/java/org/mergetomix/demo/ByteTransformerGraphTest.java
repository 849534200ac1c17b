package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.mergetomix.model.LiveModel;
import org.mergetomix.tensor.TensorSpec;
import org.mergetomix.testing.ByteTransformer;

/** The graph is the one that {@code src/main/python/export_byte_transformer.py} describes. */
class ByteTransformerGraphTest {

  private static final String PARAMETERS =
      """
      final_norm.bias [64]
      final_norm.weight [64]
      head.weight [259, 64]
      layers.0.attention.output.bias [64]
      layers.0.attention.output.weight [64, 64]
      layers.0.attention.query_key_value.bias [192]
      layers.0.attention.query_key_value.weight [192, 64]
      layers.0.attention_norm.bias [64]
      layers.0.attention_norm.weight [64]
      layers.0.contract.bias [64]
      layers.0.contract.weight [64, 256]
      layers.0.expand.bias [256]
      layers.0.expand.weight [256, 64]
      layers.0.feed_forward_norm.bias [64]
      layers.0.feed_forward_norm.weight [64]
      layers.1.attention.output.bias [64]
      layers.1.attention.output.weight [64, 64]
      layers.1.attention.query_key_value.bias [192]
      layers.1.attention.query_key_value.weight [192, 64]
      layers.1.attention_norm.bias [64]
      layers.1.attention_norm.weight [64]
      layers.1.contract.bias [64]
      layers.1.contract.weight [64, 256]
      layers.1.expand.bias [256]
      layers.1.expand.weight [256, 64]
      layers.1.feed_forward_norm.bias [64]
      layers.1.feed_forward_norm.weight [64]
      positions.weight [48, 64]
      tokens.weight [259, 64]
      """;

  @Test
  void hasTheParametersThatItsScriptDescribes() {
    try (LiveModel model = LiveModel.load(ByteTransformer.GRAPH)) {
      assertThat(model.tensors().values().stream().map(spec -> spec.name() + " " + spec.shape()))
          .containsExactlyElementsOf(PARAMETERS.lines().toList());
      assertThat(model.tensors().values().stream().mapToLong(TensorSpec::elements).sum())
          .isEqualTo(136_320);
      assertThat(ByteTransformer.parameters(model)).as("its script writes zeros").containsOnly(0);
    }
  }

  @Test
  void isSmall() throws IOException {
    assertThat(shipped()).hasSizeLessThan(1_000_000);
  }

  @Test
  void doesNotSayWhereItWasExported() throws IOException {
    List<String> entries = new ArrayList<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(shipped()))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.add(entry.getName());
        assertThat(new String(zip.readAllBytes(), StandardCharsets.ISO_8859_1))
            .doesNotContain("export_byte_transformer");
      }
    }
    assertThat(entries).contains("archive/data.pkl").noneMatch(name -> name.endsWith(".debug_pkl"));
  }

  private static byte[] shipped() throws IOException {
    try (InputStream graph = Example.class.getResourceAsStream("byte-transformer.pt")) {
      return graph.readAllBytes();
    }
  }
}
