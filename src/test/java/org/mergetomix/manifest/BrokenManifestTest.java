package org.mergetomix.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.mergetomix.problem.UserException;

/** Damages a good manifest anywhere: it is read, or refused with problems; it never crashes. */
class BrokenManifestTest {

  private static final String PIECES = "{}[]\"=:,.#$+&\n\\ 0-x\u0000é";

  private static Path file;
  private static String good;

  @BeforeContainer
  static void readTheExample() throws IOException {
    good = Files.readString(Path.of("data-manifests/example.conf"));
    file = Files.createTempFile("broken", ".conf");
  }

  @AfterContainer
  static void deleteTheFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 500, seed = "1")
  void refusesWithProblemsOrReads(
      @ForAll @IntRange(max = 10_000) int from,
      @ForAll @IntRange(max = 3) int length,
      @ForAll @IntRange(max = 19) int piece)
      throws IOException {
    int start = from % good.length();
    int end = Math.min(good.length(), start + length);
    Files.writeString(file, good.substring(0, start) + PIECES.charAt(piece) + good.substring(end));

    try {
      assertThat(Manifest.read(file).datasets()).hasSizeGreaterThan(1);
    } catch (UserException refused) {
      assertThat(refused.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.where()).startsWith(file.toString()));
    }
  }
}
