package org.mergetomix.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"ca", "es", "it", "fr", "de", "sv", "fi", "tr", "pl", "et", "da", "hu", "cs"})
  void findsAboutTwoThousandNamesALanguage(String language) {
    assertThat(LanguageNames.all(language)).hasSizeBetween(1500, 3000);
  }

  @Test
  void namesAreInTheLanguageAsked() {
    assertThat(LanguageNames.all("ca")).contains("Alemanya", "dilluns", "Londres");
    assertThat(LanguageNames.all("de")).contains("Deutschland", "Montag");
  }

  @Test
  void knowsWhatCountriesAreCalledInEachOfSomeLanguages() {
    assertThat(LanguageNames.countries(List.of("ca", "en", "pt")))
        .hasSizeGreaterThan(200)
        .contains(List.of("Alemanya", "Germany", "Alemanha"));
  }

  @Test
  void splitsAllNamesWithoutOverlap() {
    LanguageNames.Split split = LanguageNames.split("ca", 1);
    List<String> together = new ArrayList<>(split.training());
    together.addAll(split.heldOut());
    assertThat(together)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(LanguageNames.all("ca"));
    assertThat((double) split.training().size() / together.size()).isBetween(0.79, 0.81);
  }

  @Test
  void theSeedDecidesTheSplit() {
    assertThat(LanguageNames.split("ca", 1)).isEqualTo(LanguageNames.split("ca", 1));
    assertThat(LanguageNames.split("ca", 2)).isNotEqualTo(LanguageNames.split("ca", 1));
  }
}
