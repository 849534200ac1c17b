package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.function.Executable;
import org.mergetomix.problem.UserException;
import org.mergetomix.safetensors.RawSafetensors;
import org.mergetomix.safetensors.TensorFile;

/**
 * A folder for inputs that a fuzzer makes up, beside a file that none of them may lead to. One for
 * all inputs, since a fuzzer tries thousands a second. One thread.
 */
public final class FuzzedFolder {

  /** The tensor of the file that lies outside. */
  static final String OUTSIDE = "outside";

  private final Path folder;

  public FuzzedFolder() {
    try {
      Path parent = Files.createTempDirectory("fuzz");
      parent.toFile().deleteOnExit();
      folder = Files.createDirectory(parent.resolve("folder"));
      delete(new TensorFile().ramp(OUTSIDE, List.of(2), 1).write(parent.resolve("o.safetensors")));
      folder.toFile().deleteOnExit();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void delete(Path file) {
    file.toFile().deleteOnExit();
  }

  /** The folder itself. */
  public Path path() {
    return folder;
  }

  /** Writes a file, over the one that was there. */
  public Path write(String name, byte[] bytes) {
    Path file = RawSafetensors.write(folder.resolve(name), bytes);
    delete(file);
    return file;
  }

  /**
   * The bytes of a safetensors file: a header, up to its last closing brace, and data. The length
   * before the header is added here: a fuzzer that has to find it seldom gets any further.
   */
  public static byte[] safetensors(byte[] headerAndData) {
    int headerLength = headerAndData.length;
    while (headerLength > 0 && headerAndData[headerLength - 1] != '}') {
      headerLength--;
    }
    return ByteBuffer.allocate(Long.BYTES + headerAndData.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(headerAndData)
        .array();
  }

  /** Passes if the reading ends well, or with a message; anything else is a finding. */
  public static void readOrRefuse(Executable reading) throws IOException {
    try {
      reading.execute();
    } catch (UserException refused) {
      assertThat(refused.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.message()).isNotBlank());
    } catch (RuntimeException | Error | IOException finding) {
      throw finding;
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }
}
