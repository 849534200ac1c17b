package org.mergetomix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mergetomix.config.Configuration;

class ByteCountTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "4613734, 4.4 MiB",
    "1048575, 1.0 MiB",
    "1048500, 1023.9 KiB",
    "1073741824, 1.0 GiB",
    "9223372036854775807, 8.0 EiB"
  })
  void isRoundedToATenthOfItsUnit(long bytes, String text) {
    assertThat(new ByteCount(bytes).text()).isEqualTo(text);
    assertThat(new ByteCount(bytes)).hasToString(text);
  }

  @Property(tries = 200, seed = "1")
  void isNoLessWhenItIsWrittenAsASetting(@ForAll @LongRange(min = 1, max = 1L << 52) long bytes) {
    String ours = "cache.capacity=" + new ByteCount(bytes).roundedUp();
    String sparks = new ByteCount(bytes).forSpark();

    assertThat(Configuration.load(List.of(), List.of(ours)).cache().capacity())
        .isBetween(bytes, bytes + bytes / 10 + 1);
    assertThat(JavaUtils.byteStringAsBytes(sparks)).isBetween(bytes, bytes + (1 << 20));
  }
}
