package org.mergetomix.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mergetomix.expert.Delta;
import org.mergetomix.expert.ExpertPolicy;
import org.mergetomix.folder.Checkpoints;
import org.mergetomix.merge.FactoredExperts;
import org.mergetomix.merge.MergeMethod;
import org.mergetomix.merge.MergeSettings;
import org.mergetomix.merge.Method;
import org.mergetomix.merge.PreparedExperts;
import org.mergetomix.problem.UserException;
import org.mergetomix.tensor.Checkpoint;

class FactorsFileTest {

  private static final Path PACKED =
      Path.of("src/test/resources/org/mergetomix/expert/peft/packed-experts");

  @TempDir private Path memory;
  private Path folder;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createDirectory(memory.resolve("worker"));
  }

  @Test
  void tellsThatSharedMemoryIsFull() throws IOException {
    // A folder that is not empty is in the way of the file.
    Files.createDirectories(folder.resolve(FactorsFile.TENSORS).resolve("full"));
    assertRefused();
    Files.delete(folder.resolve(FactorsFile.ADDENDS));
    Files.createDirectory(folder.resolve(FactorsFile.ADDENDS));
    assertRefused();
  }

  private void assertRefused() {
    UserException refused = catchThrowableOfType(UserException.class, this::write);

    assertThat(refused).isNotNull();
    assertThat(refused.getMessage())
        .startsWith("What experts add to the base cannot be written into shared memory: ")
        .contains("(" + memory + "). Give executors more of it");
  }

  @Test
  void isAsLongAsItSays() throws IOException {
    assertThat(write()).isEqualTo(Files.size(folder.resolve(FactorsFile.TENSORS))).isPositive();
  }

  private long write() {
    try (Checkpoint base = Checkpoints.open(PACKED.resolve("base.safetensors"));
        Delta adapter = Delta.open(base, PACKED, ExpertPolicy.STRICT)) {
      return FactorsFile.write(
          folder,
          FactoredExperts.of(
              PreparedExperts.of(
                  base,
                  Map.of("a", new PreparedExperts.Expert("a", adapter)),
                  MergeMethod.of(MergeSettings.of(Method.AVERAGE), 1))));
    }
  }
}
