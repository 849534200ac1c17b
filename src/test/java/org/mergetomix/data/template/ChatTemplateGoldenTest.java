package org.mergetomix.data.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mergetomix.problem.UserException;

/**
 * Texts and spans are those of transformers. The templates are our own, with the constructs of the
 * families that they are named after; chat_template_reference.py made the golden files.
 */
class ChatTemplateGoldenTest {

  private static final GoldenFolder FOLDER =
      new GoldenFolder(Path.of("src/test/resources/org/mergetomix/data/template/chat"));

  static Stream<String> names() {
    return FOLDER.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void rendersAsTransformersDoes(String name) {
    ChatTemplate template = FOLDER.template(name);

    for (GoldenFolder.Golden golden : FOLDER.cases(name)) {
      if (golden.raises()) {
        assertThatThrownBy(() -> template.render(golden.variables(), GoldenFolder.NOW))
            .as(golden.name())
            .isInstanceOf(UserException.class);
      } else {
        assertThat(template.render(golden.variables(), GoldenFolder.NOW))
            .as(golden.name())
            .isEqualTo(golden.rendering());
      }
    }
  }

  @Test
  void hasManyTemplatesAndConversations() {
    assertThat(FOLDER.names()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(FOLDER.cases(FOLDER.names().get(0))).hasSizeGreaterThanOrEqualTo(40);
  }
}
