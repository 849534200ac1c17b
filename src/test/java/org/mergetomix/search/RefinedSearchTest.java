package org.mergetomix.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.SerializationUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mergetomix.config.Configuration;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.UserException;
import org.mergetomix.surface.Axes;
import org.mergetomix.testing.SyntheticScores;

class RefinedSearchTest {

  private static final SyntheticScores SYNTHETIC =
      new SyntheticScores(6, SyntheticScores.Kind.QUADRATIC, 0, 1);
  private static final List<String> DATASETS = SYNTHETIC.axes().datasets();

  @ParameterizedTest
  @ValueSource(strings = {"exhaustive", "surface", "backward"})
  void asksForRatiosWhenTheOtherSearchHasEnded(String name) {
    SearchStrategy plain = strategy("search.strategy=" + name);
    SearchStrategy refined = strategy("search.strategy=" + name, "search.ratios=refine");
    Scores subsets = scores().search(plain);
    Scores all = scores().search(refined);

    assertThat(all.asked().subList(0, subsets.rounds())).isEqualTo(subsets.asked());
    List<Mixture> ratios =
        all.asked().subList(subsets.rounds(), all.rounds()).stream()
            .flatMap(List::stream)
            .map(Mixture::parse)
            .toList();
    assertThat(ratios).isNotEmpty().noneMatch(Mixture::equalWeights).allMatch(refined::considers);
    assertThat(ratios).noneMatch(refined::isPossible).noneMatch(plain::considers);
    assertThat(Mixture.parse(all.lowest()).equalWeights()).isFalse();
    assertThat(refined.ended(all)).startsWith(plain.ended(subsets) + ", and then ");
    assertThat(refined.id()).isEqualTo(plain.id());
    assertThat(refined.possible()).isEqualTo(63);
    assertThat(refined.most()).isGreaterThanOrEqualTo(all.count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"exhaustive", "surface", "ordered-soup", "forward", "random"})
  void proposesTheSameAfterAKillInAnyRound(String name) {
    List<String> settings =
        new ArrayList<>(List.of("search.strategy=" + name, "search.ratios=refine"));
    if (name.equals("random")) {
      settings.add("search.budget=20");
    }
    String[] all = settings.toArray(String[]::new);
    Scores undisturbed = scores().search(strategy(all));

    for (int round = 0; round < undisturbed.rounds(); round++) {
      assertThat(undisturbed.first(round).search(strategy(all)).asked())
          .isEqualTo(undisturbed.asked());
    }
  }

  @Test
  void aLargerBudgetGoesOnBeforeTheRatios() {
    SearchStrategy small =
        strategy("search.strategy=random", "search.budget=8", "search.ratios=refine");
    SearchStrategy large =
        strategy("search.strategy=random", "search.budget=16", "search.ratios=refine");
    Scores eight = scores().search(small);
    Scores sixteen = scores().search(large);

    assertThat(sixteen.asked().subList(0, 2)).isEqualTo(eight.asked().subList(0, 2));
    assertThat(sixteen.asked().subList(2, 4).stream().flatMap(List::stream))
        .allMatch(id -> Mixture.parse(id).equalWeights());
    assertThat(large.id()).isEqualTo(small.id());
  }

  /** Otherwise subsets would be proposed differently where ratios are there. */
  @Test
  void theOtherSearchDoesNotKnowOfRatiosThatWereThere() {
    Scores known = scores();
    List<Answer> before = List.of(known.answer(Mixture.parse("d000:0.25+d001:0.75"), 3));

    assertThat(
            known
                .knowing(before)
                .search(strategy("search.strategy=surface", "search.ratios=refine"))
                .asked()
                .get(0))
        .isEqualTo(scores().search(strategy("search.strategy=surface")).asked().get(0));
  }

  @Test
  void givenMixturesAreEvaluatedAsTheyAreAndThenRefined() {
    MixtureFile file = file("d000", "d001+d002", "d000:0.25+d001:0.75", "d003+d004");
    SearchStrategy given = Scores.strategy(plan(file));
    SearchStrategy refined = Scores.strategy(plan(file, "search.ratios=refine"));
    Scores all = scores().search(refined);

    assertThat(scores().search(given).asked())
        .containsExactly(List.of("d000", "d000:0.25+d001:0.75", "d001+d002", "d003+d004"));
    assertThat(given.id()).matches("mixtures-[0-9a-f]{8}");
    assertThat(given.possible()).isEqualTo(4);
    assertThat(given.considers(Mixture.parse("d001"))).isFalse();
    assertThat(all.rounds()).isGreaterThan(1);
    assertThat(all.asked().stream().skip(1).flatMap(List::stream))
        .allMatch(id -> refined.considers(Mixture.parse(id)));
    assertThat(refined.considers(Mixture.parse("d001"))).isFalse();
  }

  @Test
  void travelsToWhereRowsAreLookedAt() {
    SearchStrategy refined = strategy("search.strategy=surface", "search.ratios=refine");
    scores().search(refined);

    assertThat(SerializationUtils.roundtrip(refined).considers(Mixture.parse("d000:0.3+d001:0.7")))
        .isTrue();
  }

  @Test
  void refusesMixturesThatTheDatasetsOrTheBoundsDoNotHave() {
    MixtureFile file = file("d000", "d000:0.5+x:0.3+y:0.2", "d001+d002+d003");

    assertThatThrownBy(() -> plan(file, "search.maximum-size=2"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "The mixture d000:0.5+x:0.3+y:0.2 has unknown datasets: x, y (/list:2)."
                + " Correct it, or name them in the manifest.\n"
                + "The mixture d001+d002+d003 is none of the 21 subsets of 6 datasets, of size 1"
                + " to 2 (/list:3). Take it out, or correct the bounds of the search.");
  }

  private static MixtureFile file(String... mixtures) {
    return MixtureFileTest.of(mixtures);
  }

  private static SearchPlan plan(MixtureFile file, String... settings) {
    return SearchPlan.of(
        Axes.of(DATASETS), Configuration.load(List.of(), List.of(settings)), Optional.of(file));
  }

  private static SearchStrategy strategy(String... settings) {
    return Scores.strategy(
        SearchPlan.of(
            Axes.of(DATASETS), Configuration.load(List.of(), List.of(settings)), Optional.empty()));
  }

  private static Scores scores() {
    return new Scores(mixture -> SYNTHETIC.truth(SYNTHETIC.axes().weights(mixture)));
  }
}
