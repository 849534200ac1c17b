package org.mergetomix.report.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LabelsTest {

  @Test
  void leavesOutTheMiddleOfWhatIsTooLong() {
    assertThat(Labels.fit("es+fr+it", 8)).isEqualTo("es+fr+it");
    assertThat(Labels.fit("es+fr+it+pl", 7)).isEqualTo("es+…+pl");
  }

  @Test
  void neverCutsACharacterInTwo() {
    assertThat(Labels.fit("😀😁😂😃", 3)).isEqualTo("😀…😃");
  }
}
