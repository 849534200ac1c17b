package org.mergetomix.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.mixture.SubsetWeights;
import org.mergetomix.mixture.SubsetWeights.By;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;
import org.mergetomix.surface.Axes;

class SearchPlanTest {

  private static final SubsetWeights SIZES =
      new SubsetWeights(By.EXAMPLE, new TreeMap<>(Map.of("d0", 100L, "d1", 300L, "d2", 600L)));

  @ParameterizedTest
  @CsvSource({
    "8, search.budget=auto, 255 mixtures",
    "8, search.budget=255, 255 mixtures",
    "8, search.budget=254, '255 subsets of 8 datasets, of which the strategy surface evaluates"
        + " some, 254 at most'",
    "9, search.budget=auto, '511 subsets of 9 datasets, of which the strategy surface evaluates"
        + " some'",
    "9, search.maximum-size=2, 45 mixtures",
    "9, search.required=d0, '256 subsets of 9 datasets, with d0, of which the strategy surface"
        + " evaluates some'",
    "9, search.forbidden=d0, 255 mixtures",
    "9, search.strategy=exhaustive, 511 mixtures",
    "3, search.ratios=refine, '7 mixtures, and then ratios that should be better'",
    "200, search.strategy=random, '1.6e+60 subsets of 200 datasets, of which the strategy random"
        + " evaluates some'",
    "4, search.strategy=ordered-soup, '15 subsets of 4 datasets, of which the strategy"
        + " ordered-soup evaluates some'"
  })
  void evaluatesEverythingWhereThatIsLittle(int datasets, String setting, String description) {
    assertThat(plan(datasets, setting).describe()).isEqualTo(description);
  }

  @Test
  void keepsToWhatIsRequiredAndForbiddenInEveryStrategy() {
    for (String strategy : List.of("exhaustive", "surface", "random")) {
      SearchStrategy search =
          Scores.strategy(
              plan(
                  5,
                  "search.strategy=" + strategy,
                  "search.required=d1",
                  "search.forbidden=d3",
                  "search.maximum-size=3"));

      assertThat(search.possible()).as(strategy).isEqualTo(1 + 3 + 3);
      assertThat(search.considers(Mixture.parse("d0+d1"))).isTrue();
      assertThat(search.considers(Mixture.parse("d0+d2"))).isFalse();
      assertThat(search.considers(Mixture.parse("d1+d3"))).isFalse();
      assertThat(search.considers(Mixture.parse("d0+d1+d2+d4"))).isFalse();
      assertThat(search.considers(Mixture.parse("d0:0.3+d1:0.7"))).isFalse();
      assertThat(search.considers(Mixture.parse("d1+elsewhere"))).isFalse();
      assertThat(search.considers(Mixture.none())).isFalse();
    }
  }

  @Test
  void countsWhatALongCannot() {
    assertThat(plan(200, "search.strategy=surface").possible()).isEqualTo(Long.MAX_VALUE);
    assertThat(plan(200, "search.strategy=surface", "search.budget=500").possible())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search.budget=4 | A budget of 4 mixtures is not enough for the first round of surface,"
            + " which has 6 (search.budget). Raise it to 6 or more, or choose another"
            + " search.strategy.",
        "search.strategy=forward,search.budget=4 | A budget of 4 mixtures is not enough for the"
            + " first round of forward, which has 5 (search.budget). Raise it to 5 or more, or"
            + " choose another search.strategy.",
        "search.required=d0,search.forbidden=d0 | Dataset d0 is required and forbidden"
            + " (search.required). Name it once.",
        "search.required=x | There is no dataset x (search.required). Take it out.",
        "search.forbidden=x | There is no dataset x (search.forbidden). Take it out.",
        "search.minimum-size=6 | No mixture can have 6 of 5 datasets (search.minimum-size). Set"
            + " search.minimum-size to 5 or less.",
        "search.minimum-size=5,search.forbidden=d0 | Only 4 datasets are not forbidden, and a"
            + " mixture has at least 5 (search.forbidden). Lower search.minimum-size or forbid"
            + " fewer."
      })
  void refusesWhatCannotBe(String settings, String problem) {
    assertThatThrownBy(() -> plan(5, settings.split(",", -1)))
        .isInstanceOfSatisfying(
            UserException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(problem);
  }

  @Test
  void refinesNothingWhereTheDriverWouldHoldTooManyScores() {
    assertThat(plan(12, "search.ratios=refine", "search.strategy=exhaustive").possible())
        .isEqualTo(4095);
    assertThatThrownBy(() -> plan(13, "search.ratios=refine", "search.strategy=exhaustive"))
        .hasMessage(
            "Ratios can be refined after at most 4,095 mixtures that are all evaluated, and there"
                + " are 8,191 (search.ratios). Set search.strategy to surface, or search.ratios to"
                + " none.");
  }

  @Test
  void namesAllThatIsWrongAtOnce() {
    assertThatThrownBy(
            () ->
                plan(
                    5, "search.required=d0,d1,x", "search.forbidden=d1,y", "search.maximum-size=1"))
        .hasMessageContaining("no dataset x")
        .hasMessageContaining("no dataset y")
        .hasMessageContaining("d1 is required and forbidden")
        .hasMessageContaining("2 datasets are required, and a mixture may have 1");
  }

  @Test
  void refusesToCountBeyondALongOnlyWhereAllAreEvaluated() {
    assertThatThrownBy(() -> plan(70, "search.strategy=exhaustive"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("70 datasets have more subsets than can be numbered");
  }

  @Test
  void weighsSubsetsByTheirDataInEveryStrategy() {
    for (String strategy : List.of("exhaustive", "surface", "ordered-soup", "backward", "random")) {
      SearchStrategy search = Scores.strategy(weighted("search.strategy=" + strategy));

      List<List<String>> asked =
          new Scores(mixture -> 9 - mixture.weight("d1")).search(search).asked();
      assertThat(asked.stream().flatMap(List::stream).map(Mixture::parse))
          .as(strategy)
          .allMatch(SIZES::isSubset)
          .anyMatch(mixture -> !mixture.equalWeights());
      assertThat(search.considers(Mixture.parse("d0:0.25+d1:0.75"))).isTrue();
      assertThat(search.considers(Mixture.parse("d0+d1"))).isFalse();
    }
  }

  @Test
  void weightsAreAnotherQuestion() {
    SearchStrategy weighted = Scores.strategy(weighted("search.strategy=surface"));
    SearchStrategy equal = Scores.strategy(plan(3, "search.strategy=surface"));

    assertThat(weighted.id()).isNotEqualTo(equal.id());
    assertThat(weighted.describe()).contains("weighted by example (d0 100, d1 300, d2 600)");
    assertThat(weighted("search.strategy=exhaustive").describe())
        .isEqualTo("7 mixtures, weighted by example");
    assertThat(Scores.strategy(weighted("search.strategy=exhaustive")).describe())
        .isNotEqualTo(Scores.strategy(plan(3, "search.strategy=exhaustive")).describe());
  }

  @Test
  void leavesOneOutWithTheWeightsOfTheOthers() {
    Round round =
        weighted("search.attribution=leave-one-out")
            .leaveOneOut()
            .orElseThrow()
            .next(new Scores(mixture -> 0))
            .orElseThrow();

    assertThat(LongStream.range(0, 3).mapToObj(round.space()::at).map(Mixture::id))
        .containsExactlyInAnyOrder("d0:0.25+d1:0.75", "d0:0.143+d2:0.857", "d1:0.333+d2:0.667");
  }

  @Test
  void refusesADatasetOfHardlyAnyDataUnlessItIsForbidden() {
    SubsetWeights sizes =
        new SubsetWeights(By.EXAMPLE, new TreeMap<>(Map.of("d0", 1L, "d1", 900L, "d2", 900L)));
    Axes axes = Axes.of(sizes.amounts().keySet(), sizes);

    assertThatThrownBy(() -> SearchPlan.of(axes, configuration(), Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Dataset d0 has 1 of 1,801 examples");
    assertThat(
            SearchPlan.of(axes, configuration("search.forbidden=d0"), Optional.empty()).possible())
        .isEqualTo(3);
  }

  private static SearchPlan weighted(String... settings) {
    return SearchPlan.of(
        Axes.of(SIZES.amounts().keySet(), SIZES), configuration(settings), Optional.empty());
  }

  private static Configuration configuration(String... settings) {
    return Configuration.load(List.of(), List.of(settings));
  }

  private static SearchPlan plan(int datasets, String... settings) {
    return SearchPlan.of(
        Axes.of(
            IntStream.range(0, datasets)
                .mapToObj(number -> String.format(Locale.ROOT, "d%d", number))
                .toList()),
        Configuration.load(List.of(), List.of(settings)),
        Optional.empty());
  }
}
