package org.mergetomix.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mergetomix.expert.ExpertKind;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.expert.PrefixMapping;
import org.mergetomix.family.TiedNames;
import org.mergetomix.location.Location;
import org.mergetomix.manifest.ExpertForm;
import org.mergetomix.manifest.Manifest;
import org.mergetomix.manifest.Tokenizer;

class ExpertInputTest {

  @Test
  void givesAnOrdinaryExpertTheStrictPolicyAndNothingToItsIdentity() {
    ExpertInput input = new ExpertInput(file(), policy(ExpertForm.PLAIN, List.of()));

    assertThat(input.policy()).isEqualTo(ExpertPolicy.STRICT);
    assertThat(input.identity()).isEqualTo("abc");
  }

  @Test
  void takesOverEverythingThatTheManifestSays() {
    ExpertForm form =
        new ExpertForm(
            ExpertForm.Kind.DELTA,
            List.of(new ExpertForm.Prefix("x.", "y.")),
            ExpertForm.Missing.BASE,
            ExpertForm.Extra.IGNORE_LISTED,
            List.of("z*"));
    ExpertInput input =
        new ExpertInput(file(), policy(form, List.of(new Manifest.Tie("head", "embed"))));

    assertThat(input.policy())
        .isEqualTo(
            new ExpertPolicy(
                ExpertKind.DELTA,
                List.of(new PrefixMapping("x.", "y.")),
                ExpertPolicy.Missing.BASE,
                ExpertPolicy.Extra.IGNORE_LISTED,
                List.of("z*"),
                List.of(new TiedNames("head", "embed"))));
    assertThat(input.digest()).isEqualTo("abc");
    assertThat(input.identity()).startsWith("abc ").contains("DELTA", "x.", "z*", "embed");
  }

  @Test
  void knowsEveryKind() {
    for (ExpertForm.Kind kind : ExpertForm.Kind.values()) {
      ExpertForm form =
          new ExpertForm(
              kind, List.of(), ExpertForm.Missing.FAIL, ExpertForm.Extra.FAIL, List.of());

      assertThat(policy(form, List.of()).kind().name()).isEqualTo(kind.name());
    }
  }

  private static FileInput file() {
    return new FileInput(Location.of("expert"), "", "abc");
  }

  private static ExpertPolicy policy(ExpertForm form, List<Manifest.Tie> tied) {
    Location path = Location.of("x");
    Manifest.DatasetEntry dataset =
        new Manifest.DatasetEntry("es", Optional.empty(), path, Optional.empty(), form);
    Manifest manifest =
        new Manifest(
            path,
            new Manifest.Base(path, path, Tokenizer.BYTES, 48, Optional.empty(), tied),
            List.of(dataset),
            List.of());
    return ExpertInput.policy(manifest, dataset);
  }
}
