package org.mergetomix.data.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mergetomix.data.conversation.JsonValues;
import org.mergetomix.problem.UserException;

/**
 * Each construct by itself, as transformers renders it. What transformers renders and we refuse is
 * listed in refused.txt, with the reason: the list is what users are told, so it changes knowingly.
 */
class TemplateConstructsTest {

  private static final Path FOLDER =
      Path.of("src/test/resources/org/mergetomix/data/template/constructs");

  private static final List<String> DIFFERENT = new ArrayList<>();
  private static final List<String> LENIENT = new ArrayList<>();
  private static final List<String> REFUSED = new ArrayList<>();

  @BeforeAll
  static void renderAll() throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode constructs = json.readTree(Files.readString(FOLDER.resolve("constructs.json")));
    JsonNode golden = json.readTree(Files.readString(FOLDER.resolve("golden.json")));
    Map<String, Value> variables = JsonValues.fields(constructs.get("variables"));
    variables.put("messages", Value.Sequence.list(List.of()));
    variables.put("tools", Value.None.NONE);
    for (JsonNode one : golden) {
      render(one, variables);
    }
  }

  private static void render(JsonNode golden, Map<String, Value> variables) {
    String template = golden.get("name").asText();
    Optional<Rendering> rendering = Optional.empty();
    String refusal = "";
    try {
      rendering =
          Optional.of(ChatTemplate.parse("template", template).render(variables, GoldenFolder.NOW));
    } catch (UserException refused) {
      refusal = refused.problems().get(0).what();
    }
    if (golden.has("raises")) {
      rendering.ifPresent(rendered -> LENIENT.add(template + " -> " + rendered));
    } else if (rendering.isEmpty()) {
      REFUSED.add(template.replace("\n", "\\n") + "  # " + refusal);
    } else {
      Rendering expected = new GoldenFolder.Golden(golden, golden).rendering();
      if (!rendering.get().equals(expected)) {
        DIFFERENT.add(template + " -> " + rendering.get() + ", not " + expected);
      }
    }
  }

  @Test
  void rendersWhatTransformersRenders() {
    assertThat(DIFFERENT).isEmpty();
  }

  @Test
  void refusesWhatTransformersRefuses() {
    assertThat(LENIENT).isEmpty();
  }

  @Test
  void refusesOnlyWhatIsListed() throws IOException {
    assertThat(String.join("\n", REFUSED) + "\n")
        .isEqualTo(Files.readString(FOLDER.resolve("refused.txt")));
  }
}
