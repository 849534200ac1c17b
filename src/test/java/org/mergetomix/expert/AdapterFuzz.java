package org.mergetomix.expert;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.mergetomix.folder.CheckpointFolder;
import org.mergetomix.folder.FuzzedFolder;
import org.mergetomix.safetensors.SafetensorsFile;
import org.mergetomix.tensor.Checkpoint;
import org.mergetomix.tensor.TensorSpec;

/**
 * Whatever an adapter's two files hold, it is read or refused with a message. {@link
 * FuzzInputsTest} runs the inputs that were kept; CONTRIBUTING says how to look for more.
 */
class AdapterFuzz {

  private static final FuzzedFolder FOLDER = new FuzzedFolder();

  private static final Path BASE =
      FOLDER.write(
          "base-of-adapter.safetensors",
          FuzzedFolder.safetensors(
              ("{\"m.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                      + "\"m.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]},"
                      + "\"embed.weight\":{\"dtype\":\"F32\",\"shape\":[4,2],\"data_offsets\":[32,64]}}"
                      + "\0".repeat(64))
                  .getBytes(StandardCharsets.US_ASCII)));

  /**
   * The input is the configuration, up to the first byte 0, and then the header and data of the
   * tensors.
   */
  @FuzzTest(maxDuration = "10m")
  void anyConfigurationAndFactorsAreReadOrRefused(byte[] configurationAndTensors)
      throws IOException {
    int end = 0;
    while (end < configurationAndTensors.length && configurationAndTensors[end] != 0) {
      end++;
    }
    byte[] tensors =
        Arrays.copyOfRange(
            configurationAndTensors,
            Math.min(end + 1, configurationAndTensors.length),
            configurationAndTensors.length);
    FOLDER.write(CheckpointFolder.ADAPTER_CONFIG, Arrays.copyOf(configurationAndTensors, end));
    FOLDER.write(CheckpointFolder.ADAPTER, FuzzedFolder.safetensors(tensors));
    FuzzedFolder.readOrRefuse(
        () -> {
          try (Checkpoint base = SafetensorsFile.open(BASE);
              Delta delta = Delta.open(base, FOLDER.path(), ExpertPolicy.STRICT)) {
            float[] element = new float[1];
            for (TensorSpec tensor : delta.tensors().values()) {
              delta.read(tensor.name(), tensor.elements() - 1, element, 1);
            }
          }
        });
  }
}
