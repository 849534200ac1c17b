package org.mergetomix.folder;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.mergetomix.expert.FuzzInputsTest;
import org.mergetomix.safetensors.TensorFile;
import org.mergetomix.tensor.Checkpoint;

/**
 * Whatever an index says, its folder is read or refused with a message, and nothing outside of the
 * folder is read. {@link FuzzInputsTest} runs the inputs that were kept; CONTRIBUTING says how to
 * look for more.
 */
public class ShardIndexFuzz {

  private static final FuzzedFolder FOLDER = new FuzzedFolder();

  /** The input is the index of a folder with two shards. */
  @FuzzTest(maxDuration = "10m")
  public void anyIndexIsReadOrRefused(byte[] index) throws IOException {
    shard("a.safetensors", "v", "w");
    shard("b.safetensors", "w", "x");
    FOLDER.write(ShardIndex.NAME, index);
    FuzzedFolder.readOrRefuse(
        () -> {
          try (Checkpoint checkpoint = Checkpoints.open(FOLDER.path())) {
            assertThat(checkpoint.tensors()).doesNotContainKey(FuzzedFolder.OUTSIDE).isNotEmpty();
            float[] element = new float[1];
            checkpoint.tensors().keySet().forEach(name -> checkpoint.read(name, 1, element, 1));
          }
        });
  }

  private static void shard(String name, String... tensors) {
    Path file = FOLDER.path().resolve(name);
    if (!file.toFile().exists()) {
      TensorFile shard = new TensorFile();
      List.of(tensors).forEach(tensor -> shard.ramp(tensor, List.of(2), 1));
      shard.write(file).toFile().deleteOnExit();
    }
  }
}
