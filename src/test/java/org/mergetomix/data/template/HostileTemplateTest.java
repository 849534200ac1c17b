package org.mergetomix.data.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.UserException;

/** Whatever a template does, it ends with a message, soon, and without taking much memory. */
class HostileTemplateTest {

  /** Far more than any takes, so that a busy machine does not matter. */
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What one may take of a processor. */
  private static final Duration WORK = Duration.ofSeconds(1);

  private static final String DOUBLING =
      "{% set ns = namespace(x=START) %}{% for i in range(99) %}{% set ns.x = GROWTH %}"
          + "{% endfor %}{{ ns.x|length }}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{%"
            + " endfor %}",
        "{{ range(999999999) }}",
        "{{ range(0, 9223372036854775807, 4611686018427387904) }}",
        "{{ 'a' * 999999999999 }}",
        "{{ 'a' * 3000000 * 3000000 }}",
        "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
        "{{ ('a' * 100000).replace('', 'b' * 100000) }}",
        "{{ ('a ' * 2000000).split() }}",
        "{{ ('a ' * 2000000).rsplit() }}",
        "{{ ('\n' * 2000000).splitlines() }}",
        "{{ ('a' * 1000000)|list }}",
        "{{ ('a' * 3000000)|indent(width=99999999) }}",
        "{{ ('a\n' * 40000)|indent(width=100000) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ [1]|tojson(indent=999999999) }}",
        "{{ range(99999)|join('a' * 100000) }}",
        "{{ 2 ** 999999 }}",
        "{{ 9999999999 * 9999999999 }}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}"
            + "{% endfor %}{{ ns.x == ns.x }}{{ ns.x|tojson }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
            + "{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}"
            + "{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}"
            + "{{ ns.x == ns.y }}",
        "{% set l = range(99999)|list %}{% for a in l %}{{ a in l }}{{ l == l }}{% endfor %}",
        "{% set l = range(99999)|list %}{% for a in l %}{{ l|sort|length }}{% endfor %}",
        "{% set l = range(99999)|list %}{% for a in l %}{{ (l + [1])[::-1]|length }}{% endfor %}",
        "{{ strftime_now('%Y' * 100000) }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.__class__ }}",
        "{{ messages.getClass() }}",
        "{{ range.__globals__ }}",
        "{{ messages.append(1) }}",
        "{{ raise_exception('x' * 3000000) }}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
      })
  void endsWithAMessage(String template) {
    refusedSoon(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ('a' * 4000000).find('a' * 2000000 ~ 'b') }}",
        "{{ ('a' * 4000000).rfind('b' ~ 'a' * 2000000) }}",
        "{{ ('a' * 4000000).count('a' * 2000000 ~ 'b') - 1 }}"
      })
  void findsLongTextsInLinearTime(String template) {
    Rendering rendering = Assertions.assertTimeoutPreemptively(SOON, () -> render(template));

    assertThat(rendering.text()).isEqualTo("-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ns.x + ns.x", "ns.x * 2", "ns.x ~ ns.x"})
  void doesNotLetTextsGrow(String growth) {
    refusedSoon(DOUBLING.replace("START", "'a'").replace("GROWTH", growth));
  }

  @Test
  void doesNotLetListsGrow() {
    refusedSoon(DOUBLING.replace("START", "[1]").replace("GROWTH", "ns.x + ns.x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "[", "{1:", "not ", "-", "a[", "a(", "a if ", "a|f(", "a.b(", "{% if a %}"})
  void doesNotLetItNestDeep(String opening) {
    String deep = opening.repeat(20_000);

    refusedSoon(opening.startsWith("{%") ? deep : "{{ " + deep);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " + a", " ~ a", " and a", "|trim", ".b", "[0]", "()", " is a", " b"})
  void doesNotLetItRunLong(String part) {
    refusedSoon("{{ a" + part.repeat(20_000) + " + 1 }}");
  }

  @Test
  void namesTheLine() {
    assertThatThrownBy(() -> render("a\n\n{% if true %}\n{{ 'x'|nofilter }}\n{% endif %}\n"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The filter nofilter is not known (test, line 4)."
                + " Mend the conversation, or choose another chat template.");
    assertThatThrownBy(() -> render("a\n\n{% include 'x' %}\n\n"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The statement {% include %} is not known here (test, line 3)."
                + " Choose another chat template.");
  }

  private static void refusedSoon(String template) {
    Assertions.assertTimeoutPreemptively(
        SOON,
        () -> {
          ThreadMXBean threads = ManagementFactory.getThreadMXBean();
          long before = threads.getCurrentThreadCpuTime();
          assertThatThrownBy(() -> render(template))
              .isInstanceOf(UserException.class)
              .message()
              .hasSizeLessThan(1_000);
          assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before))
              .as("work on a template that ends")
              .isLessThan(WORK);
        });
  }

  private static Rendering render(String template) {
    return ChatTemplate.parse("test", template)
        .render(Map.of("messages", Value.Sequence.list(List.of())), GoldenFolder.NOW);
  }
}
