package org.mergetomix.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.location.Location;
import org.mergetomix.mixture.Mixture;
import org.mergetomix.problem.ExitCode;
import org.mergetomix.problem.UserException;

class MixtureFileTest {

  private static final Location PLACE = Location.of("/list");

  @TempDir private Path folder;

  /** A file of these mixtures, one a line. */
  static MixtureFile of(String... mixtures) {
    Map<Mixture, Integer> lines = new LinkedHashMap<>();
    for (String mixture : mixtures) {
      lines.put(Mixture.parse(mixture), lines.size() + 1);
    }
    return new MixtureFile(PLACE, lines);
  }

  @Test
  void readsAMixtureALine() throws IOException {
    MixtureFile file = read("# mine\n\nes+fr\r\n  it:2+es:1+fr:1 \n");

    assertThat(file.lines().keySet().stream().map(Mixture::id))
        .containsExactly("es+fr", "es:0.25+fr:0.25+it:0.5");
    assertThat(file.where(Mixture.parse("es+fr"))).isEqualTo("/list:3");
  }

  @Test
  void namesEveryLineThatWillNotDo() {
    assertThatThrownBy(() -> read("es+fr\nes:0.5+fr:0.5\nes:0\nes+es\n"))
        .isInstanceOfSatisfying(
            UserException.class,
            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.INPUT))
        .hasMessage(
            "The mixture es+fr is in line 1 already (/list:2). Name it once.\n"
                + "The weight '0' of dataset 'es' is not a positive number (/list:3)."
                + " Write es+fr+it for equal weights, or es:0.5+fr:0.25+it:0.25.\n"
                + "Dataset 'es' is named 2 times (/list:4). Name each dataset once.");
  }

  @Test
  void refusesAFileWithoutMixturesAndOneThatIsNoText() {
    assertThatThrownBy(() -> read("# nothing\n"))
        .hasMessage("The file of mixtures names none (/list). Write a mixture a line, as es+fr.");
    assertThatThrownBy(
            () -> {
              Path file = folder.resolve("latin");
              Files.write(file, "é+fr".getBytes(StandardCharsets.ISO_8859_1));
              MixtureFile.read(PLACE, file);
            })
        .hasMessage("The file of mixtures is not UTF-8 text (/list). Convert it.");
  }

  private MixtureFile read(String text) throws IOException {
    return MixtureFile.read(PLACE, Files.writeString(folder.resolve("list"), text));
  }
}
