package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.config.Configuration.Merge.Method;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.problem.UserException;

/** The configuration and the methods agree on what belongs to which method. */
class MergeSettingsTest {

  private static final List<String> SETTINGS =
      List.of(
          "mode=mergekit",
          "density=0.5",
          "lambda=0.5",
          "epsilon=0.25",
          "gamma=0.25",
          "select-top-k=0.5");

  @ParameterizedTest
  @EnumSource(Method.class)
  void allowsTheSameParameters(Method method) {
    List<String> heeded = SETTINGS.stream().filter(one -> isHeeded(method, one)).toList();

    assertThat(SETTINGS.stream().filter(one -> isLoaded(method, one)).toList()).isEqualTo(heeded);
    MergeMethod merge = method(method, heeded.toArray(String[]::new));
    assertThat(merge.parameters().entrySet())
        .extracting(parameter -> parameter.getKey() + "=" + parameter.getValue())
        .containsAll(heeded);
  }

  @Test
  void tellsMethodsApartByEveryParameter() {
    MergeMethod plain = method(Method.DELLA);

    for (String setting : List.of("mode=mergekit", "density=0.5", "epsilon=0.25", "lambda=0.5")) {
      assertThat(method(Method.DELLA, setting).describe()).isNotEqualTo(plain.describe());
    }
    assertThat(plain.describe())
        .isEqualTo("della density=0.3 epsilon=0.15 lambda=1.0 mode=paper seed=1");
    assertThat(method(Method.AVERAGE, "lines.scaling=linear", "lines.beta=2").describe())
        .isEqualTo("average lines.alpha=auto lines.beta=2.0 lines.scaling=linear");
    assertThat(method(Method.AVERAGE).describe()).isEqualTo("average");
  }

  private static boolean isLoaded(Method method, String setting) {
    try {
      load(method, setting);
      return true;
    } catch (UserException refused) {
      return false;
    }
  }

  private static boolean isHeeded(Method method, String setting) {
    String[] parts = setting.split("=", 2);
    try {
      MergeMethod.of(load(method).methodName(), Map.of(parts[0], parts[1]), 1);
      return true;
    } catch (UserException refused) {
      assertThat(refused)
          .hasMessageContaining("merge." + parts[0] + " = " + parts[1] + " has no effect");
      return false;
    }
  }

  private static MergeMethod method(Method method, String... settings) {
    Configuration.Merge merge = load(method, settings);
    return MergeMethod.of(merge.methodName(), merge.parameters(), 1);
  }

  private static Configuration.Merge load(Method method, String... settings) {
    String name = method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Stream<String> keys = Arrays.stream(settings).map(setting -> "merge." + setting);
    return Configuration.load(
            List.of(), Stream.concat(Stream.of("merge.method=" + name), keys).toList())
        .merge();
  }
}
