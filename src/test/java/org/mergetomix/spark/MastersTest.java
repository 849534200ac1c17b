package org.mergetomix.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class MastersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[*]",
        "local[2]",
        "local[*,3]",
        "local[2, 3]",
        "local-cluster[2,1,1024]",
        "spark://host:7077",
        "spark://one:7077,two:7077"
      })
  void knowsWhatSparkKnows(String master) {
    assertThatCode(() -> Masters.require(master)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "4",
        "lokal",
        "LOCAL",
        "local[",
        "local[0]",
        "local[-1]",
        "local[99999999999]",
        "local[2]x",
        " local[2]",
        "\"local[2]\"",
        "spark://",
        "spark://host",
        "spark://host:1x",
        "http://host:7077",
        "mesos://host"
      })
  void refusesAMasterBeforeSparkStarts(String master) {
    assertThatThrownBy(() -> Masters.require(master))
        .isInstanceOfSatisfying(
            UserException.class,
            refusal -> assertThat(refusal.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith("Spark has no such master (spark.master = " + master + "). Name");
  }
}
