package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.RawSafetensors;

class DigestsTest {

  @TempDir Path directory;

  @Test
  void knowsTheDigestOfAFile() {
    Path file =
        RawSafetensors.write(directory.resolve("text"), "abc".getBytes(StandardCharsets.US_ASCII));

    assertThat(Digests.sha256(file))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void digestsAFileLargerThanOneChunk() throws Exception {
    byte[] bytes = new byte[200_001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    Path file = RawSafetensors.write(directory.resolve("large"), bytes);

    assertThat(Digests.sha256(file))
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
  }

  @Test
  void tellsPartsFromTheirConcatenation() {
    assertThat(
            new String[] {
              Digests.sha256("ab", "c"),
              Digests.sha256("a", "bc"),
              Digests.sha256("abc"),
              Digests.sha256("abc", ""),
              Digests.sha256("", "abc"),
              Digests.sha256(),
              Digests.sha256("")
            })
        .doesNotHaveDuplicates()
        .allMatch(digest -> digest.matches("[0-9a-f]{64}"));
  }

  @Test
  void staysTheSameForEver() {
    // Digests are keys in tables on disk: SHA-256 of 0000000000000001 61 0000000000000002 c3a9.
    assertThat(Digests.sha256("a", "é"))
        .isEqualTo("9ad218bf27a0c264888ffe9e81250279bec06d245b5fc445965a7a257031da81");
  }

  @Test
  void refusesAFileThatIsNotThere() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> Digests.sha256(missing))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("The file does not exist (" + missing + ")");
  }

  @Test
  void refusesADirectory() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("folder"));

    assertThatThrownBy(() -> Digests.sha256(folder))
        .isInstanceOf(UserException.class)
        .hasMessage("A file was expected, not a directory (" + folder + ").");
  }
}
