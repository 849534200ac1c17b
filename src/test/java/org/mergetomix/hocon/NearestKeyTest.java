package org.mergetomix.hocon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;

class NearestKeyTest {

  private static final List<String> KNOWN =
      List.of("search.round-size", "search.maximum-size", "training.steps", "training.length");

  @Property(seed = "1")
  void findsAKeyWithOneWrongLetter(
      @ForAll @IntRange(max = 3) int index,
      @ForAll @IntRange(max = 13) int position,
      @ForAll @CharRange(from = 'a', to = 'z') char letter) {
    StringBuilder mistyped = new StringBuilder(KNOWN.get(index));
    mistyped.setCharAt(position, letter);

    assertThat(NearestKey.of(mistyped.toString(), KNOWN)).containsExactly(KNOWN.get(index));
  }

  @Example
  void findsAKeyInAnotherGroupOrWithoutItsGroup() {
    assertThat(NearestKey.of("merge-to-mix.training.steps", KNOWN))
        .containsExactly("training.steps");
    assertThat(NearestKey.of("rond-size", KNOWN)).containsExactly("search.round-size");
  }

  @Example
  void namesAllThatAreEquallyNearInOrder() {
    assertThat(NearestKey.of("size", Set.of("b.size", "a.size", "b.sizes")))
        .containsExactly("a.size", "b.size");
  }

  @Example
  void offersNothingForAKeyUnlikeAllOthers() {
    assertThat(NearestKey.of("search.colour", KNOWN)).isEmpty();
    assertThat(NearestKey.of("x", KNOWN)).isEmpty();
    assertThat(NearestKey.of("x", List.of())).isEmpty();
  }
}
