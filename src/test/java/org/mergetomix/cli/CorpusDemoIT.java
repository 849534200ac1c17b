package org.mergetomix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.testing.SparkSessionExtension;

@ExtendWith(SparkSessionExtension.class)
class CorpusDemoIT {

  private static final Pattern PURITY = Pattern.compile("Purity: (\\d\\.\\d{3})");

  @TempDir Path folder;

  @Test
  void findsLanguagesAgainAndSearchesThePartsThatItIsAskedFor(SparkSession spark) {
    Ran eight = demo("divide.parts=8");

    assertThat(eight.errors()).isEmpty();
    assertThat(eight.exitCode()).isZero();
    assertThat(purity(eight)).isGreaterThan(0.9);
    assertThat(folder.resolve("divided/run/report.html")).isNotEmptyFile();
    assertThat(eight.results())
        .contains("8 datasets")
        .containsPattern("(?m)^Baseline:  by share p1(\\+p2)?, (the same|rank \\d+, worse by .*)$")
        .containsPattern(
            "(?m)^Baseline:  by similarity to ca p\\d(\\+p\\d)?, (the same|rank \\d+, worse .*)$");

    Ran four = demo("divide.parts=4");

    assertThat(four.exitCode()).isZero();
    assertThat(purity(four)).isLessThan(purity(eight));
    assertThat(four.results()).contains("4 datasets");
  }

  private Ran demo(String setting) {
    List<String> arguments =
        new ArrayList<>(List.of("demo", "--corpus", "--directory", folder.toString()));
    for (String each :
        List.of(
            setting,
            "training.steps=2",
            "training.batch-size=8",
            "training.warmup-steps=1",
            "search.maximum-size=2")) {
      arguments.addAll(List.of("--set", each));
    }
    return Ran.of(arguments);
  }

  private static double purity(Ran ran) {
    return PURITY
        .matcher(ran.results())
        .results()
        .map((MatchResult found) -> Double.parseDouble(found.group(1)))
        .findFirst()
        .orElseThrow();
  }
}
