package org.mergetomix.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.Parameter;
import org.mergetomix.merge.combine.Mode;
import org.mergetomix.problem.Range;
import org.mergetomix.problem.UserException;

/** What is read of a merge is what the methods have, and what reference.conf says of them. */
class MergeReaderTest {

  private static final Pattern DEFAULT =
      Pattern.compile("(?<key>[a-z-]+) \\((?<paper>[0-9.]+)(?: \\| (?<mergekit>[0-9.]+))?\\)");

  private static final Pattern LIKE = Pattern.compile("as (?<method>[a-z-]+) with ");

  @ParameterizedTest
  @EnumSource(Method.class)
  void takesTheParametersThatTheMethodHasAndNoOther(Method method) {
    for (Parameter parameter : Parameter.values()) {
      if (!parameter.ofLines()) {
        assertThat(isTaken(method, parameter.key() + "=0.25"))
            .as(parameter.key())
            .isEqualTo(method.has(parameter));
      }
    }
    assertThat(isTaken(method, "mode=mergekit")).isEqualTo(method.hasModes());
    assertThat(isTaken(method, "lines.alpha=0.5")).isFalse();
    assertThat(isTaken(method, "lines.scaling=linear", "lines.alpha=0.5")).isTrue();
  }

  @Test
  void tellsMethodsApartByEveryParameter() {
    String plain = describe(Method.DELLA);

    for (String setting : List.of("mode=mergekit", "density=0.5", "epsilon=0.25", "lambda=0.5")) {
      assertThat(describe(Method.DELLA, setting)).isNotEqualTo(plain);
    }
    assertThat(plain).isEqualTo("della density=0.3 epsilon=0.15 lambda=1.0 mode=paper seed=1");
    assertThat(describe(Method.DARE_TIES, "mode=mergekit", "lambda=2"))
        .isEqualTo("dare-ties density=1.0 lambda=2.0 mode=mergekit seed=1");
    assertThat(describe(Method.AVERAGE, "lines.scaling=linear", "lines.beta=2"))
        .isEqualTo("average lines.alpha=auto lines.beta=2.0 lines.scaling=linear");
    assertThat(describe(Method.AVERAGE)).isEqualTo("average");
    assertThat(describe(Method.TOP_K_GRAFTING)).isEqualTo("top-k-grafting density=0.1");
  }

  @Test
  void hasTheDefaultsThatTheReferenceGives() {
    Map<String, Map<String, String>> given = new TreeMap<>();
    Map<String, String> before = Map.of();
    for (Map.Entry<String, String> method : paragraphs().entrySet()) {
      Map<String, String> defaults = new TreeMap<>();
      Matcher like = LIKE.matcher(method.getValue());
      if (method.getValue().startsWith("the same, ")) {
        defaults.putAll(before);
      } else if (like.find()) {
        defaults.putAll(given.get(like.group("method")));
      }
      Matcher one = DEFAULT.matcher(method.getValue());
      while (one.find()) {
        String paper = one.group("paper");
        defaults.put(
            one.group("key"), paper + " " + (one.group(3) == null ? paper : one.group("mergekit")));
      }
      given.put(method.getKey(), defaults);
      before = defaults;
    }
    given.put("linear", given.get("average"));

    assertThat(given.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Method.values()).map(Method::key).toList());
    for (Method method : Method.values()) {
      Map<Parameter, Double> paper = method.defaults(Mode.PAPER);
      Map<Parameter, Double> mergekit = method.defaults(Mode.MERGEKIT);
      Map<String, String> defaults = new TreeMap<>();
      paper.forEach(
          (parameter, value) ->
              defaults.put(parameter.key(), plain(value) + " " + plain(mergekit.get(parameter))));
      assertThat(given.get(method.key())).as(method.key()).isEqualTo(defaults);
    }
  }

  @ParameterizedTest
  @EnumSource(Parameter.class)
  void hasTheRangesThatTheReferenceGives(Parameter parameter) {
    String comment = comment("merge." + parameter.key()).toLowerCase(Locale.ROOT);

    assertThat(comment)
        .contains(parameter.range() == Range.ANY ? "any number" : parameter.range().words());
  }

  /** What the reference says of each method, by its name. */
  private static Map<String, String> paragraphs() {
    Map<String, String> paragraphs = new LinkedHashMap<>();
    String name = "";
    for (String line : lines("merge.method")) {
      Matcher begin = Pattern.compile("^   ?([a-z][a-z, -]*?) {2,}(.*)").matcher(line);
      if (begin.find()) {
        name = begin.group(1).replaceAll(",.*", "");
        paragraphs.put(name, begin.group(2));
      } else if (!name.isEmpty()) {
        paragraphs.merge(name, line.strip(), (one, other) -> one + " " + other);
      }
    }
    return paragraphs;
  }

  private static List<String> lines(String key) {
    return ConfigurationLoader.reference().getValue(key).origin().comments();
  }

  private static String comment(String key) {
    return lines(key).stream().map(String::strip).collect(Collectors.joining(" "));
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private static boolean isTaken(Method method, String... settings) {
    try {
      describe(method, settings);
      return true;
    } catch (UserException refused) {
      assertThat(refused).hasMessageContaining(" has no effect ");
      return false;
    }
  }

  private static String describe(Method method, String... settings) {
    Stream<String> keys = Arrays.stream(settings).map(setting -> "merge." + setting);
    Configuration configuration =
        Configuration.load(
            List.of(), Stream.concat(Stream.of("merge.method=" + method.key()), keys).toList());
    return MergeMethod.of(configuration.merge().settings(), configuration.seed()).describe();
  }
}
