package org.mergetomix.data.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.mergetomix.problem.UserException;

class TemplatePropertiesTest {

  private static final List<String> PIECES =
      List.of(
          "{{ ",
          " }}",
          "{% ",
          " %}",
          "{{-",
          "-}}",
          "{%-",
          "-%}",
          "{#",
          "#}",
          "\n",
          "  ",
          "text",
          "if ",
          "else",
          "elif ",
          "endif",
          "for ",
          "in ",
          "endfor",
          "set ",
          "endset",
          "macro ",
          "endmacro",
          "generation",
          "endgeneration",
          "break",
          "continue",
          "raw",
          "endraw",
          "not ",
          "and ",
          "or ",
          "is ",
          "defined",
          "none",
          "true",
          "string",
          "messages",
          "loop",
          "x",
          "ns",
          "namespace(",
          "range(",
          "dict(",
          "raise_exception(",
          "strftime_now(",
          "'a'",
          "\"%d\"",
          "'\\n'",
          "0",
          "1",
          "-1",
          "99999",
          "2.5",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ":",
          ",",
          ".",
          "|",
          "~",
          "+",
          "-",
          "*",
          "//",
          "/",
          "%",
          "**",
          "=",
          "==",
          "!=",
          "<",
          ">=",
          "|tojson",
          "|trim",
          "|length",
          "|list",
          "|first",
          "|map('upper')",
          "|selectattr('role')",
          "|join(',')",
          "|replace('a', 'b')",
          "|int",
          "|safe",
          "|default('x')",
          ".strip()",
          ".split(",
          ".content",
          ".items()",
          "[::-1]",
          "[0]",
          "['role']",
          "index0",
          "😀",
          "é");

  private static final Map<String, Value> VARIABLES =
      Map.of(
          "messages",
          Value.Sequence.list(
              List.of(
                  Value.Mapping.ofNames(
                      Map.of("role", Value.of("user"), "content", Value.of("Hi 😀"))))),
          "x",
          Value.of(3));

  @Property(tries = 3_000, seed = "1")
  void rendersOrRefusesAnySoupOfTokens(@ForAll("soups") String template) {
    assertThat(rendered(template)).isEqualTo(rendered(template));
  }

  @Property(tries = 2_000, seed = "1")
  void rendersOrRefusesAnyExpression(@ForAll("expressions") String expression) {
    // What ends the tag is no part of an expression.
    Assume.that(!expression.contains("}}") && !expression.contains("%}"));
    rendered("{{ " + expression + " }}")
        .ifPresent(
            rendering ->
                assertThat(rendered("{% set y = " + expression + " %}{{ y }}"))
                    .contains(rendering));
  }

  @Property(tries = 500, seed = "1")
  void copiesTextWithoutTags(@ForAll("plain") String text) {
    assertThat(rendered(text + ".")).contains(new Rendering(text + ".", List.of()));
  }

  @Provide
  Arbitrary<String> soups() {
    return Arbitraries.of(PIECES).list().ofMaxSize(40).map(pieces -> String.join("", pieces));
  }

  @Provide
  Arbitrary<String> expressions() {
    List<String> inside =
        PIECES.stream()
            .filter(piece -> !piece.contains("{{") && !piece.contains("}}"))
            .filter(piece -> !piece.contains("{%") && !piece.contains("%}"))
            .filter(piece -> !piece.contains("{#") && !piece.contains("#}"))
            .toList();
    return Arbitraries.of(inside).list().ofMaxSize(8).map(pieces -> "x" + String.join("", pieces));
  }

  @Provide
  Arbitrary<String> plain() {
    return Arbitraries.strings().all().excludeChars('{', '\r').ofMaxLength(50);
  }

  private static Optional<Rendering> rendered(String template) {
    try {
      return Optional.of(ChatTemplate.parse("soup", template).render(VARIABLES, GoldenFolder.NOW));
    } catch (UserException refused) {
      assertThat(refused.problems()).hasSize(1);
      assertThat(refused.problems().get(0).where()).startsWith("soup, line ");
      return Optional.empty();
    }
  }
}
