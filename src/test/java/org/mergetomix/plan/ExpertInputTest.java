package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.PrefixMapping;
import org.mergetomix.family.TiedNames;
import org.mergetomix.location.Location;

class ExpertInputTest {

  @Test
  void addsNothingToTheIdentityOfAnOrdinaryExpert() {
    ExpertInput input = new ExpertInput(file(), ExpertPolicy.STRICT, "");

    assertThat(input.identity()).isEqualTo("abc");
  }

  @Test
  void addsEverythingElseThatDecidesTheDeltaToTheIdentity() {
    ExpertPolicy policy =
        new ExpertPolicy(
            ExpertKind.DELTA,
            List.of(new PrefixMapping("x.", "y.")),
            ExpertPolicy.Missing.BASE,
            ExpertPolicy.Extra.IGNORE_LISTED,
            List.of("z*"),
            List.of(new TiedNames("head", "embed")));
    ExpertInput input = new ExpertInput(file(), policy, "of tokens");

    assertThat(input.digest()).isEqualTo("abc");
    assertThat(input.identity())
        .startsWith("abc ")
        .contains("DELTA", "x.", "z*", "embed", "of tokens");
  }

  private static FileInput file() {
    return new FileInput(Location.of("expert"), "", "abc");
  }
}
