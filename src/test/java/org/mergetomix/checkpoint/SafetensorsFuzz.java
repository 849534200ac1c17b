package org.mergetomix.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.mergetomix.problem.UserException;

/**
 * Whatever a file holds, it is read or refused with a message. Not one of the ordinary tests:
 * CONTRIBUTING says how to run it.
 */
class SafetensorsFuzz {

  /**
   * The input is a header, up to its last closing brace, and data. The length before the header is
   * added here: a fuzzer that has to find it seldom gets any further.
   */
  @FuzzTest(maxDuration = "10m")
  void anyHeaderAndDataAreReadOrRefused(byte[] headerAndData) throws IOException {
    int headerLength = headerAndData.length;
    while (headerLength > 0 && headerAndData[headerLength - 1] != '}') {
      headerLength--;
    }
    Path file = Files.createTempFile("fuzz", ".safetensors");
    try {
      ByteBuffer bytes =
          ByteBuffer.allocate(Long.BYTES + headerAndData.length).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(headerLength).put(headerAndData).array());
      readAll(file);
    } catch (UserException refused) {
      assertThat(refused.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.message()).isNotBlank());
    } finally {
      Files.delete(file);
    }
  }

  private static void readAll(Path file) {
    try (Checkpoint checkpoint = SafetensorsFile.open(file)) {
      float[] element = new float[1];
      for (TensorSpec tensor : checkpoint.tensors().values()) {
        if (tensor.dtype().floating() && tensor.elements() > 0) {
          checkpoint.read(tensor.name(), tensor.elements() - 1, element, 1);
        }
      }
    }
  }
}
