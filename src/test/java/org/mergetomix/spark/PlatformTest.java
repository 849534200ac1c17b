package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class PlatformTest {

  @ParameterizedTest
  @ValueSource(strings = {"4.0.0", "4.0.1", "4.1.0-SNAPSHOT", "4.0.0.dev1", "10.0"})
  void worksWithSparkFromFourOn(String version) {
    assertThatCode(() -> Platform.requireVersion(version)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5.6", "3.5.0-databricks", "2.4.8"})
  void refusesAnOlderSpark(String version) {
    assertThatThrownBy(() -> Platform.requireVersion(version))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith(
            "This is Spark %s, and merge-to-mix needs Spark 4.0 with Scala 2.13.", version);
  }

  @ParameterizedTest
  @CsvSource({"spark.remote, sc://127.0.0.1", "spark.api.mode, connect"})
  void refusesSparkConnectOfTheSettings(String key, String value) {
    SparkConf conf = new SparkConf(false).set(key, value);

    assertThatThrownBy(() -> Platform.requireClassic(conf, Map.of()))
        .hasMessageStartingWith("Spark Connect has no RDDs");
  }

  @Test
  void refusesSparkConnectOfTheEnvironment() {
    SparkConf conf = new SparkConf(false).set("spark.api.mode", "classic");

    assertThatThrownBy(
            () -> Platform.requireClassic(conf, Map.of("SPARK_REMOTE", "sc://127.0.0.1")))
        .hasMessageStartingWith("Spark Connect has no RDDs");
    assertThatCode(() -> Platform.requireClassic(conf, Map.of())).doesNotThrowAnyException();
  }

  @Test
  void refusesASessionThatHidesItsContext() {
    assertThatThrownBy(
            () ->
                Platform.requireContext(
                    () -> {
                      throw new UnsupportedOperationException("no context");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("This session gives no access to RDDs");
  }
}
