package org.mergetomix.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import org.mergetomix.expert.FuzzInputsTest;
import org.mergetomix.folder.FuzzedFolder;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * Whatever a file holds, it is read or refused with a message. {@link FuzzInputsTest} runs the
 * inputs that were kept; CONTRIBUTING says how to look for more.
 */
public class SafetensorsFuzz {

  private static final FuzzedFolder FOLDER = new FuzzedFolder();

  /** The input is a header, up to its last closing brace, and data. */
  @FuzzTest(maxDuration = "10m")
  public void anyHeaderAndDataAreReadOrRefused(byte[] headerAndData) throws IOException {
    Path file = FOLDER.write("model.safetensors", FuzzedFolder.safetensors(headerAndData));
    FuzzedFolder.readOrRefuse(() -> readAll(file));
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
