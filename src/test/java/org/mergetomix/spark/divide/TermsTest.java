package org.mergetomix.spark.divide;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mergetomix.config.Configuration.Divide.Features;

class TermsTest {

  @Test
  void areWordsOfAnyScriptWithoutRegardToCase() {
    assertThat(Terms.words("L'État, c'est moi! Ελλάδα 42 हिन्दी"))
        .containsExactly("l", "état", "c", "est", "moi", "ελλάδα", "42", "हिन्दी");
  }

  @Test
  void areCharactersWithTheEndsOfWords() {
    assertThat(Terms.features("Ab c", Features.CHARACTERS))
        .containsExactly(" a", " ab", "a", "ab", "ab ", "b", "b ", " c", " c ", "c", "c ");
  }

  @Test
  void ofATextWithoutWordsAreTheTextItself() {
    assertThat(Terms.features("?!", Features.WORDS)).containsExactly("?!");
    assertThat(Terms.shingles("?!", Features.CHARACTERS)).containsExactly("?!");
  }

  @Test
  void thatNearDuplicatesShareKnowTheOrderOfWords() {
    assertThat(Terms.shingles("one two one", Features.WORDS))
        .containsExactly("one", "two", "one", "one two", "two one");
    assertThat(Terms.shingles("abc de", Features.CHARACTERS)).containsExactly("abc d", "bc de");
  }
}
