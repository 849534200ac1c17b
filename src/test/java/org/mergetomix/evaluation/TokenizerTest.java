package org.mergetomix.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class TokenizerTest {

  private static final ByteTokenizer BYTES = new ByteTokenizer();

  @Test
  void givesATokenForEveryByteBetweenBeginAndEnd() {
    assertThat(BYTES.encode("dià")).containsExactly(256, 'd', 'i', 0xC3, 0xA0, 257);
    assertThat(BYTES.encode("")).containsExactly(256, 257);
    assertThat(BYTES.padding()).isEqualTo(258);
  }

  @Property(tries = 200, seed = "1")
  void losesNothingOfAText(@ForAll @NotEmpty String any) {
    // A lone surrogate is no text: it cannot come out of a file.
    String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    int[] tokens = BYTES.encode(text);

    byte[] bytes = new byte[tokens.length - 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) tokens[i + 1];
    }
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(text);
    assertThat(Arrays.stream(tokens, 1, tokens.length - 1)).allMatch(t -> t >= 0 && t < 256);
  }
}
