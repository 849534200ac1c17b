package org.mergetomix.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShortestDecimalTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "0.1, 0.1",
    "0.30000000000000004, 0.30000000000000004",
    "1e-6, 0.000001",
    "1e-7, 1E-7",
    "2E-3, 0.002",
    "4.9E-324, 5E-324",
  })
  void hasNoDigitTooMany(double value, String text) {
    assertThat(ShortestDecimal.of(value)).isEqualTo(text);
  }

  @Property(seed = "1")
  void readsBackTheSame(@ForAll @DoubleRange(min = 0, minIncluded = false, max = 1) double value) {
    String text = ShortestDecimal.of(value);

    assertThat(Double.parseDouble(text)).isEqualTo(value);
    assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
  }

  private static long digits(String text) {
    return text.replaceFirst("E.*", "").chars().filter(Character::isDigit).count();
  }
}
