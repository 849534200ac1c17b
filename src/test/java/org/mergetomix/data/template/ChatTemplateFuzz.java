package org.mergetomix.data.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.mergetomix.problem.UserException;

/**
 * Whatever a template says, it is rendered or refused with a message. {@link
 * ChatTemplateFuzzInputsTest} runs the inputs that were kept; CONTRIBUTING says how to look for
 * more.
 */
class ChatTemplateFuzz {

  private static final Map<String, Value> VARIABLES =
      Map.of(
          "messages",
          Value.Sequence.list(
              List.of(
                  message("system", "Be brief."),
                  message("user", " Hi 😀\n"),
                  message("assistant", "<think>\nhm\n</think>\n\nHello"))),
          "bos_token",
          Value.of("<s>"),
          "tools",
          Value.None.NONE,
          "add_generation_prompt",
          Value.of(true));

  private static Value message(String role, String content) {
    return Value.Mapping.ofNames(Map.of("role", Value.of(role), "content", Value.of(content)));
  }

  /** The input is a template. */
  @FuzzTest(maxDuration = "10m")
  void anyTemplateIsRenderedOrRefused(byte[] template) {
    try {
      Rendering rendering =
          ChatTemplate.parse("fuzzed", new String(template, StandardCharsets.UTF_8))
              .render(VARIABLES, GoldenFolder.NOW);
      int length = rendering.text().codePointCount(0, rendering.text().length());
      assertThat(rendering.completions()).allMatch(span -> span.end() <= length);
    } catch (UserException refused) {
      assertThat(refused).hasMessageContaining("fuzzed, line ");
    }
  }
}
